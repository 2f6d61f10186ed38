"""Watched sources of a project: adding, storing sightings, retention, credentials. No Qt."""
