"""The training loop: steps, validation, checkpoints, stopping."""
