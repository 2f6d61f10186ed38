"""Sightings: motion detection, tracking, duplicates, consensus, and what becomes a capture."""
