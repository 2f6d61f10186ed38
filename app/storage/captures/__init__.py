"""Captures, their files and their sources in the database."""
