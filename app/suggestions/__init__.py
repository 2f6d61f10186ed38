"""Suggestions from the labels of a project: which labels they are made of, and where they are kept. No Qt."""
