"""One service for each thing that a user does."""
