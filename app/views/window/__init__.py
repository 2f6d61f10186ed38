"""The main window, its docks, menus and dialogs about the program."""
