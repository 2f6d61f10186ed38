"""Live view of cameras, streams, videos and watched folders."""
