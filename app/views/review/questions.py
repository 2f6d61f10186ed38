"""Modal dialogs of the review: before many captures are labelled or removed, and about changed files."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from app.views.shared.room_questions import RoomQuestions


class ChangedLabels(Enum):
    """What becomes of the labels of captures whose files have changed."""

    KEEP = auto()
    DROP = auto()
    SHOW = auto()


class ReviewQuestions(RoomQuestions):
    """Many captures at once, and labels of files that have changed."""

    def ask_many(self, question: str, *, only_unreviewed: bool = False) -> tuple[bool, bool]:
        """Whether many captures shall be labelled at once, and whether to ask again."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Change many captures"))
        box.setText(question)
        box.setInformativeText(
            self.tr("Only unreviewed captures are changed. You can undo this in one step.")
            if only_unreviewed
            else self.tr(
                "Existing labels and marks of these captures are replaced. You can undo this in one step."
            )
        )
        again = QCheckBox(self.tr("Don't ask again"))
        box.setCheckBox(again)
        go_on = box.addButton(self.tr("Continue"), QMessageBox.ButtonRole.AcceptRole)
        # Enter also accepts captures: pressed twice, or held, it must not answer this.
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        held = HeldKeys(box)
        try:
            box.exec()
            return box.clickedButton() is go_on, not again.isChecked()
        finally:
            held.release()
            box.deleteLater()

    def ask_removal(self, count: int) -> bool:
        """Whether so many captures shall be taken out of the project."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Remove from project"))
        box.setText(self.tr("Remove %Ln capture(s) from the project?", "", count))
        box.setInformativeText(
            self.tr("Files on disk are not affected. Use Edit > Undo to restore the captures.")
        )
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(remove)
        try:
            box.exec()
            return box.clickedButton() is remove
        finally:
            box.deleteLater()

    def ask_changed_labels(self, count: int) -> ChangedLabels | None:
        """What becomes of the labels of captures whose files have changed; None leaves it open."""
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("Changed on disk"))
        box.setText(
            self.tr("%Ln capture(s) (has/have) changed on disk since (it was/they were) labelled.", "", count)
        )
        box.setInformativeText(
            self.tr(
                "Keep the labels if the images still show the same objects. Until you decide, these "
                "labels are neither exported nor used for training."
            )
        )
        role = QMessageBox.ButtonRole
        keep = box.addButton(self.tr("Keep labels"), role.AcceptRole)
        drop = box.addButton(self.tr("Clear labels"), role.DestructiveRole)
        show = box.addButton(self.tr("Show"), role.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(show)
        try:
            box.exec()
            clicked = box.clickedButton()
        finally:
            box.deleteLater()
        if clicked is keep:
            return ChangedLabels.KEEP
        if clicked is drop:
            return ChangedLabels.DROP
        return ChangedLabels.SHOW if clicked is show else None


class HeldKeys(QObject):
    """Lets a dialog see only keys that are pressed for it, not those still held from before."""

    def __init__(self, dialog: QWidget) -> None:
        super().__init__(dialog)
        self._watched = [dialog, *dialog.findChildren(QWidget)]
        for widget in self._watched:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow the repetitions of a held key."""
        if isinstance(event, QKeyEvent) and event.isAutoRepeat():
            return True
        return super().eventFilter(watched, event)

    def release(self) -> None:
        """Let go of the dialog."""
        for widget in self._watched:
            widget.removeEventFilter(self)
