"""The batches of a training: sampling, mixture, pixels, prefetch. What changes them is in `training.augmentation`."""
