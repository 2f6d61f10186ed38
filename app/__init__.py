"""The Qt front end. Never imports torch, not even indirectly."""
