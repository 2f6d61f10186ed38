"""Initial weights of a training: another model (fine-tuning), a fitted head."""
