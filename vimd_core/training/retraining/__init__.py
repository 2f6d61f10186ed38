"""Retraining: what a better model of a user's labels learns from, with which settings, and how it is compared."""
