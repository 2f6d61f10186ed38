"""What an import has left out, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.views.shared.text_dialog import TextDialog


class LeftOutDialog(TextDialog):
    """A line for each file and folder.

    Args:
        parent: the window.
        count: how many were left out.
        sentences: why, for the first of them at least.
    """

    def __init__(self, parent: QWidget, count: int, sentences: Sequence[str]) -> None:
        translate = QCoreApplication.translate
        said = translate("LeftOutDialog", "{0} files or folders could not be added:").format(f"{count:,}")
        if count > len(sentences):
            said = translate(
                "LeftOutDialog", "{0} files or folders could not be added. These are the first {1}:"
            ).format(f"{count:,}", f"{len(sentences):,}")
        super().__init__(parent, translate("LeftOutDialog", "Left out"), said, "\n".join(sentences))
