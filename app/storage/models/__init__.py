"""Models, predictions and trainings in the database."""
