"""The project database. Knows nothing of Qt."""
