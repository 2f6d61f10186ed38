"""One capture: its views, predictions and history."""
