"""Every number that the result of a training depends on."""
