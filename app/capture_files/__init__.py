"""The files of captures on disk: whether they have changed, kept copies, near views beside them. No Qt."""
