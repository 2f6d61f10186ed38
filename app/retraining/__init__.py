"""From labels to a better model: what to learn from, the recipe, the split, the process, the gate. No Qt."""
