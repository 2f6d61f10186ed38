"""What becomes a capture: motion, tracks, duplicates, sightings."""
