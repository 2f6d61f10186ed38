"""Every modal dialog of the program: the one place that tests replace."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.services.export_service import ExportRequest
from app.storage.backup import BackupRecord
from app.storage.capture_query import CaptureQuery
from app.storage.locations import PROJECT_SUFFIX
from app.views.export_dialog import ExportDialog
from app.views.restore_dialog import RestoreDialog
from app.views.theme import application_icon
from vimd_core import __version__


class Dialogs(QObject):
    """Asks the user for files, and tells about the program."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def ask_folder(self) -> Path | None:
        """A folder of captures."""
        return _path(QFileDialog.getExistingDirectory(self._window, self.tr("Open folder")))

    def ask_files(self) -> list[Path]:
        """Single captures."""
        patterns = "*.zip *.png *.jpg *.jpeg *.bmp *.tif *.tiff *.webp *.gif *.pgm *.ppm"
        names, _ = QFileDialog.getOpenFileNames(
            self._window,
            self.tr("Open files"),
            "",
            self.tr("Images and ZIP files ({0});;All files (*)").format(f"{patterns} {patterns.upper()}"),
        )
        return [Path(name) for name in names]

    def ask_new_project(self, suggestion: Path) -> Path | None:
        """Where a new project shall be."""
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("New project"),
            str(suggestion),
            self.tr("ViMD Studio project (*{0})").format(PROJECT_SUFFIX),
        )
        path = _path(name)
        if path is None or path.suffix == PROJECT_SUFFIX:
            return path
        return path.with_name(path.name + PROJECT_SUFFIX)

    def ask_project(self) -> Path | None:
        """A project that exists."""
        title = self.tr("Open project: choose its {0} folder").format(PROJECT_SUFFIX)
        return _path(QFileDialog.getExistingDirectory(self._window, title))

    def ask_model(self, current: Path) -> Path | None:
        """A model bundle."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Choose a model"),
            str(current.parent),
            self.tr("Model bundles (*.safetensors)"),
        )
        return _path(name)

    def ask_export(self, current: CaptureQuery, project_name: str) -> ExportRequest | None:
        """What shall be written where."""
        dialog = ExportDialog(self._window, current, project_name)
        try:
            if dialog.exec() != QDialog.DialogCode.Accepted:
                return None
            target = dialog.ask_target()
            return dialog.request(target) if target is not None else None
        finally:
            dialog.deleteLater()

    def ask_label_table(self) -> Path | None:
        """A table of labels."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Import labels"),
            "",
            self.tr("Tables of labels (*.csv *.json);;All files (*)"),
        )
        return _path(name)

    def ask_backup(self, project_name: str, backups: Sequence[BackupRecord]) -> Path | None:
        """Which copy of a project shall be put back."""
        dialog = RestoreDialog(self._window, project_name, backups)
        try:
            return dialog.chosen if dialog.exec() == QDialog.DialogCode.Accepted else None
        finally:
            dialog.deleteLater()

    def ask_text(self, title: str, question: str) -> str:
        """A line of text; nothing when it was given up."""
        text, is_given = QInputDialog.getText(self._window, title, question)
        return text.strip() if is_given else ""

    def show_about(self) -> None:
        """Tell what the program is."""
        dialog = QDialog(self._window)
        dialog.setWindowTitle(self.tr("About ViMD Studio"))
        icon = QLabel()
        icon.setPixmap(application_icon().pixmap(64, 64))
        text = QLabel(
            self.tr(
                "<p style='font-size:18px; font-weight:600'>ViMD Studio {0}</p>"
                "<p>Classifies captures of a few pixels with super-resolution and Vision Mamba,<br>"
                "and keeps every correction that you make.</p>"
                "<p>Python {1} · PySide6 {2} · {3}<br>Licence: Apache-2.0</p>"
            ).format(__version__, platform.python_version(), pyside_version, platform.platform(terse=True))
        )
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line = QHBoxLayout()
        line.setSpacing(18)
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(text, 1)
        layout = QVBoxLayout(dialog)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.addLayout(line)
        layout.addWidget(_close_button(dialog))
        _run(dialog)

    def show_shortcuts(self, actions: Sequence[QAction]) -> None:
        """List every action with its keys."""
        dialog = QDialog(self._window)
        dialog.setWindowTitle(self.tr("Keyboard shortcuts"))
        dialog.resize(460, 560)
        with_keys = [action for action in actions if action.shortcuts()]
        table = QTableWidget(len(with_keys), 2)
        table.setHorizontalHeaderLabels([self.tr("Action"), self.tr("Keys")])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        table.setAccessibleName(self.tr("Keyboard shortcuts"))
        for row, action in enumerate(with_keys):
            keys = ", ".join(
                keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts()
            )
            table.setItem(row, 0, QTableWidgetItem(action.text().replace("&", "").rstrip("…")))
            table.setItem(row, 1, QTableWidgetItem(keys))
        layout = QVBoxLayout(dialog)
        layout.addWidget(table)
        layout.addWidget(_close_button(dialog))
        _run(dialog)


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    for button in buttons.buttons():
        button.setIcon(QIcon())  # the style's own picture would not follow the theme
    return buttons


def _run(dialog: QDialog) -> None:
    try:
        dialog.exec()
    finally:
        dialog.deleteLater()


def _path(name: str) -> Path | None:
    return Path(name) if name else None
