"""Reads a capture from a file as 8-bit RGB, whatever the format."""
