"""Sources that are watched while the window is open."""
