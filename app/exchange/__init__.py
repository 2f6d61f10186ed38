"""Import and export: files, folders and tables of labels. No Qt."""
