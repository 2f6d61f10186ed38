"""Folders of training runs: their files, lock and state."""
