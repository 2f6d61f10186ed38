"""Uses the packaged app as a person does: by keys, mouse and drag and drop, on a screen of its own."""
