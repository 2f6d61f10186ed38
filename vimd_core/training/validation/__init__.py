"""Validation metrics that the best epoch of a training is chosen by."""
