"""Figures that the best epoch of a training is chosen by."""
