"""Labelling: keys, queues, undo."""
