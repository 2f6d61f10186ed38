"""Where the weights of a training start: another model, a fitted head."""
