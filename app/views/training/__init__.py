"""Retraining: the Retrain dialog and the training panel."""
