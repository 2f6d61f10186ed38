"""Analyses of a project by embeddings and labels: checks of labels, statistics. No Qt."""
