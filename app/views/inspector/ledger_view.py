"""A capture's label history."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.domain.records import ActionKind, LedgerEntry, ReviewState
from app.views.wording.numbers import local_time, percent


class LedgerView(QWidget):
    """Lines of the ledger, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._labels: list[QLabel] = []

    @property
    def lines(self) -> list[str]:
        """What it says, one text for each entry."""
        return [label.text() for label in self._labels if not label.isHidden()]

    def set_entries(self, entries: Sequence[LedgerEntry]) -> None:
        """Show a history."""
        texts = [self._text(entry) for entry in entries] or [self.tr("No labels yet.")]
        while len(self._labels) < len(texts):
            label = QLabel()
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "muted")
            self._layout.addWidget(label)
            self._labels.append(label)
        for position, label in enumerate(self._labels):
            label.setVisible(position < len(texts))
            if position < len(texts):
                label.setText(texts[position])

    def _text(self, entry: LedgerEntry) -> str:
        was = self._describe_previous(entry)
        now = self._describe(entry)
        if entry.kind is ActionKind.FILE_CHANGED:
            now = self.tr("Changed on disk")
        verbs = {
            ActionKind.UNDO: self.tr("Undone: {0}"),
            ActionKind.REDO: self.tr("Redone: {0}"),
        }
        what = verbs.get(entry.kind, "{0}").format(now)
        if was:
            what = self.tr("{0} (previously {1})").format(what, was)
        time = local_time(entry.created_ms)
        line = self.tr("{0} · {1}").format(time, entry.author) if entry.author else time
        if entry.model_said is not None and entry.model_probability is not None:
            if entry.model_name is None:
                line += self.tr(" · suggested: {0}, {1}").format(
                    entry.model_said, percent(entry.model_probability)
                )
            else:
                line += self.tr(" · {0} predicted {1}, {2}").format(
                    entry.model_name, entry.model_said, percent(entry.model_probability)
                )
        return f"{what}\n{line}"

    def _describe(self, entry: LedgerEntry) -> str:
        label = entry.label
        if label is not None:
            # Undo brings labels back that were accepted when something else was predicted.
            is_said = entry.model_said is None or entry.model_said == label
            if entry.state is not ReviewState.ACCEPTED or not is_said:
                return label
            is_suggestion = entry.model_said is not None and entry.model_name is None
            said = self.tr("{0}, as suggested") if is_suggestion else self.tr("{0}, as predicted")
            return said.format(label)
        return {
            ReviewState.UNSURE: self.tr("Unsure"),
            ReviewState.REJECTED: self.tr("Rejected"),
        }.get(entry.state, self.tr("No label"))

    def _describe_previous(self, entry: LedgerEntry) -> str:
        return entry.previous_label or ""
