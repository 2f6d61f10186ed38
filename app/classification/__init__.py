"""Classifying the captures of a project: what waits, what the model predicts, and which capture kills it. No Qt."""
