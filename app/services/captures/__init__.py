"""What a user does with captures: import, export, label, relink."""
