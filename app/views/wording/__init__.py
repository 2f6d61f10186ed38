"""Numbers, errors and languages in words."""
