"""Which captures of a project show one thing."""
