"""From captures to predictions."""
