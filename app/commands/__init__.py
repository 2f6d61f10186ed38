"""What `vimd` can do with projects: plugged in by an entry point, without a window."""
