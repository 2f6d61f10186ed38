"""Numbers as text, and the language of the program (translation)."""
