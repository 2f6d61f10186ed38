"""The grid of captures."""
