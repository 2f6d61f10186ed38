"""Classifiers on features of frozen networks, that everything else is compared to."""
