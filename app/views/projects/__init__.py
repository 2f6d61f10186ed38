"""Projects: opening, restoring, sources, files that moved."""
