"""The values that a project consists of, and questions about them. No Qt, no SQL."""
