"""The classifier in its child process, and all that is asked of it."""
