"""Reading, degrading and augmenting captures."""
