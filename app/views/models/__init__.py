"""Models, and the gate between two of them."""
