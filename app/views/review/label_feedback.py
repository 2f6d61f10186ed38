"""Feedback on labels: names of Undo and Redo, and a notification of what a key left as it was."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.domain.records import ActionKind, LabelResult, UndoState
from app.services.captures.label_service import LabelService
from app.views.review.review_session import ReviewSession
from app.views.shared.actions import Actions
from app.views.shared.message_bar import MessageBar


class LabelFeedback(QObject):
    """Follows what can be undone and redone, and what each action did."""

    def __init__(
        self,
        labels: LabelService,
        session: ReviewSession,
        actions: Actions,
        message_bar: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self._message_bar = message_bar
        labels.labels_changed.connect(self._say_what_was_left)
        labels.nothing_changed.connect(self._say_what_was_left)
        labels.failed.connect(message_bar.show_error)
        labels.undo_state_changed.connect(self._show)
        self._show(UndoState(None, None))

    def _show(self, state: UndoState) -> None:
        names = {
            ActionKind.LABEL: self.tr("label"),
            ActionKind.ACCEPT: self.tr("accept"),
            ActionKind.UNSURE: self.tr("unsure"),
            ActionKind.REJECT: self.tr("reject"),
            ActionKind.CLEAR: self.tr("clear"),
            ActionKind.IMPORT: self.tr("import labels"),
            ActionKind.ADD_CLASS: self.tr("add class"),
            ActionKind.RENAME_CLASS: self.tr("rename class"),
            ActionKind.RECOLOUR_CLASS: self.tr("change class colour"),
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

    def _say_what_was_left(self, result: LabelResult) -> None:
        """Captures that a key did nothing to; where the next one is shown already, that says enough."""
        if result.is_membership_changed:
            return
        if result.skipped:
            self._message_bar.show_notice(
                self.tr("The capture was not changed: it has no prediction.")
                if result.skipped == 1
                else self.tr(
                    "%Ln capture(s) not changed: no prediction.",
                    "",
                    result.skipped,
                )
            )
        elif result.unchanged > 1 and not result.capture_ids:
            self._message_bar.show_notice(
                self.tr(
                    "Nothing changed: (the/all) %Ln capture(s) already (has/have) this label.",
                    "",
                    result.unchanged,
                )
            )
        elif result.unchanged and not self._session.advances:
            self._message_bar.show_notice(self.tr("Nothing changed: the capture already has this label."))
