"""Modal dialogs about models."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from app.views.shared.room_questions import RoomQuestions, path_or_none


class ModelQuestions(RoomQuestions):
    """Which model to use."""

    def ask_model(self, current: Path) -> Path | None:
        """A model bundle."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Choose a model"),
            str(current.parent),
            self.tr("Model bundles (*.safetensors)"),
        )
        return path_or_none(name)
