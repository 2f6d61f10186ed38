"""Cameras, streams, videos and watched folders as sources of captures. No Qt, no SQL, no torch."""
