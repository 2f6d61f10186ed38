"""Training recipes (hyperparameters): every number that the result of a training depends on."""
