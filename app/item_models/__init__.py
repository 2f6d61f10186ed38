"""Qt models over storage: ids in memory, rows fetched when shown."""
