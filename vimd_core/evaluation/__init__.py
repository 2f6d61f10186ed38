"""Evaluation: metrics of models and of super-resolution networks, the gate, and the report."""
