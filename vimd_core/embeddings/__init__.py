"""Where captures lie in a model's eyes: kept in a file, searched, checked and drawn."""
