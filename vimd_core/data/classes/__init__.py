"""When two names are the same class."""
