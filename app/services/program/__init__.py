"""The program itself: preferences, recent projects, updates, crash reports."""
