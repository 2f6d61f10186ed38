"""Embeddings of captures: kept in a file, searched, checked and drawn."""
