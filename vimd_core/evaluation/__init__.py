"""Figures of models and of super-resolution networks, and the report that tells them."""
