"""Retraining in the background, and the models that come of it."""
