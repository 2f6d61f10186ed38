"""Labels, classes and undo in the database."""
