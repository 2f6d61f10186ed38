"""Class names: which are the same class, which are likely misspellings, lists of them."""
