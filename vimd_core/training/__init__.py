"""Training of teacher, student and super-resolution network."""
