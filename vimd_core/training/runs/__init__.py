"""Where runs lie: their folders and files, who is at work in one, and where it stands."""
