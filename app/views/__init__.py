"""Windows, panels and widgets: they lay out and connect, and decide nothing."""
