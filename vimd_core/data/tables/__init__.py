"""Reads tables of labels, whatever program has written them."""
