"""A small window from which files can be dragged, as from a file manager: `python drag_source.py PATH...`"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

TITLE = "Drag from here"
SIZE_PX = 60


class DragSource(QLabel):
    """Begins a drag as soon as a mouse button is pressed on it, and stays: the other window asks it for the files."""

    def __init__(self, paths: list[Path]) -> None:
        super().__init__(
            "files", None, Qt.WindowType.BypassWindowManagerHint | Qt.WindowType.FramelessWindowHint
        )
        self._paths = paths
        self.setWindowTitle(TITLE)
        self.setFixedSize(SIZE_PX, SIZE_PX)

    def mousePressEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in self._paths])
        drag = QDrag(self)
        drag.setMimeData(data)
        # The mouse button may be let go of once the other window has said that it takes them.
        drag.actionChanged.connect(lambda action: print(action.name, flush=True))
        drag.exec(Qt.DropAction.CopyAction)


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    window = DragSource([Path(text).absolute() for text in sys.argv[1:]])
    room = application.primaryScreen().geometry()
    window.move(room.right() - SIZE_PX, room.top())
    window.show()
    sys.exit(application.exec())
