"""Inference: from captures to predictions."""
