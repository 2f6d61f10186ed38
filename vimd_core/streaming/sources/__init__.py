"""Sources: address, settings, regions and status."""
