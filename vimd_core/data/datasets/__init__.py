"""Labelled captures as data sets: described, checked, split, and held in memory."""
