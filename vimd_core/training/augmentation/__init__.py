"""Random changes of what a training step sees: geometry, light and colour, CutMix, symmetries, degradation.

Another augmentation: its strength goes into `augment.AugmentationConfig`, 0 switching it off, and `augment.augment`
does it last, so that what is drawn for the others stays as it was. What needs a second image is done as `cutmix` is.
"""
