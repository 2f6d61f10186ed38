"""Import and export dialogs, drag and drop."""
