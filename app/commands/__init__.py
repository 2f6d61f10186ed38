"""The commands `vimd project …`: plugged in by an entry point, without a window."""
