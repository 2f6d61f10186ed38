"""The child process that classifies for the window, and its protocol."""
