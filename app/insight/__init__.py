"""What embeddings and labels say of a project. No Qt."""
