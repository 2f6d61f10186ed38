"""What a project keeps of its sources, and for how long. No Qt."""
