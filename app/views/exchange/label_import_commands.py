"""The Import labels commands: from tables and from the names of folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.domain.records import LabelResult
from app.views.exchange.questions import ExchangeQuestions
from app.views.shared.message_bar import LAST_ACTION
from app.views.shared.room_context import RoomContext, on

if TYPE_CHECKING:
    from app.exchange.label_import import LabelDraft
    from app.exchange.label_plan import LabelPlan


class LabelImportCommands(QObject):
    """Nothing is taken over before the user has seen what would change."""

    def __init__(self, context: RoomContext, questions: ExchangeQuestions) -> None:
        super().__init__(context.window)
        services = context.services
        self._services = services
        self._questions = questions
        self._message_bar = context.message_bar
        on(context.actions.import_labels, self.import_labels)
        on(context.actions.import_folder_labels, self.import_folder_labels)
        services.labels.labels_imported.connect(self._on_labels_imported)
        services.label_imports.drafted.connect(self._on_labels_drafted)
        services.label_imports.failed.connect(context.message_bar.show_error)

    def import_labels(self) -> None:
        """Take labels over from a table."""
        path = self._questions.ask_label_table()
        if path is not None:
            self.import_label_table(path)

    def import_label_table(self, path: Path) -> None:
        """Take labels over from this table, after the user has seen what would change."""
        self._message_bar.show_notice(self.tr("Reading {0}…").format(path.name))
        self._services.label_imports.draft_table(path)

    def import_folder_labels(self) -> None:
        """Take the names of the folders that captures lie in as their labels."""
        self._message_bar.clear()
        self._services.label_imports.draft_folders()

    def _on_labels_drafted(self, draft: LabelDraft, plan: LabelPlan) -> None:
        self._message_bar.clear()
        chosen = self._questions.ask_label_import(self._services.label_imports, draft, plan)
        if chosen is not None:
            self._services.label_imports.take(*chosen)

    def _on_labels_imported(self, result: LabelResult) -> None:
        count = len(result.capture_ids)
        self._message_bar.show_notice(
            self.tr("%Ln label(s) imported. Press Ctrl+Z to undo.", "", count),
            topic=LAST_ACTION,
        )
