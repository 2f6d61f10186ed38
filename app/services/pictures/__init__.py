"""Pictures and thumbnails, decoded in threads."""
