"""Charts and maps with hover, zoom and legend, drawn by pyqtgraph, which is loaded when the first of them is shown."""
