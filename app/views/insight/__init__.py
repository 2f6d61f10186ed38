"""How good the model is, and what it sees: progress, confusion, map."""
