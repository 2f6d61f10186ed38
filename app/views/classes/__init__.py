"""The list of classes, and changing them."""
