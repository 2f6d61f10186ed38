"""Statistics of model and labels: progress, confusion matrix, map of embeddings."""
