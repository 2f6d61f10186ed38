"""Reading captures and labels: image files, folders and archives, tables, classes, data sets (no augmentation)."""
