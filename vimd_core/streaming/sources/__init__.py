"""What a source is: its address, its settings, its regions and its state."""
