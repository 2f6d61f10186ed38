"""What Undo and Redo say they would take back or do again."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.domain.records import ActionKind, UndoState
from app.services.captures.label_service import LabelService
from app.views.shared.actions import Actions


class UndoWording(QObject):
    """Follows what can be undone and redone."""

    def __init__(self, labels: LabelService, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        labels.undo_state_changed.connect(self._show)
        self._show(UndoState(None, None))

    def _show(self, state: UndoState) -> None:
        names = {
            ActionKind.LABEL: self.tr("label"),
            ActionKind.ACCEPT: self.tr("accept"),
            ActionKind.UNSURE: self.tr("unsure"),
            ActionKind.REJECT: self.tr("not a capture"),
            ActionKind.CLEAR: self.tr("clear"),
            ActionKind.IMPORT: self.tr("import of labels"),
            ActionKind.ADD_CLASS: self.tr("add class"),
            ActionKind.RENAME_CLASS: self.tr("rename class"),
            ActionKind.RECOLOUR_CLASS: self.tr("recolour class"),
            ActionKind.RETIRE_CLASSES: self.tr("merge or delete class"),
            ActionKind.REMOVE: self.tr("remove from project"),
            ActionKind.KEEP_LABELS: self.tr("keep labels of changed files"),
            ActionKind.DROP_LABELS: self.tr("clear labels of changed files"),
        }
        actions = self._actions
        actions.undo.setEnabled(state.undo is not None)
        actions.redo.setEnabled(state.redo is not None)
        undo, redo = self.tr("&Undo"), self.tr("&Redo")
        actions.undo.setText(f"{undo}: {names[state.undo]}" if state.undo in names else undo)
        actions.redo.setText(f"{redo}: {names[state.redo]}" if state.redo in names else redo)
