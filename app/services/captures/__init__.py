"""Services for captures: import, export, label, relink."""
