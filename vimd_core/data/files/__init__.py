"""Finds captures in folders and archives."""
