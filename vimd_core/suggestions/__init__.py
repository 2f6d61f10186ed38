"""The project's teacher: a class for every capture from the labels so far, within a moment of each new label."""
