"""Sources, live."""
