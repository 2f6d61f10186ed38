"""Random changes of what a training step sees: geometry, light and colour, CutMix, symmetries, degradation."""
