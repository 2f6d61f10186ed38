"""What a training step sees: sampling, degradation, augmentation."""
