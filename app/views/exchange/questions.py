"""Modal dialogs of import and export (file dialogs, questions)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from app.views.shared.room_questions import RoomQuestions, path_or_none

if TYPE_CHECKING:
    from app.domain.capture_query import CaptureQuery
    from app.exchange.export_run import ExportRequest
    from app.exchange.label_import import LabelDraft
    from app.exchange.label_plan import ImportChoice, LabelPlan
    from app.services.captures.label_import_service import LabelImportService


class ExchangeQuestions(RoomQuestions):
    """Files, folders and addresses; what to export; which labels of a table to take."""

    def ask_address(self) -> str:
        """An address of a picture or stream; nothing when it was given up."""
        return self._ask_text(
            self.tr("Open address"), self.tr("Address of an image or stream (http, https or rtsp):")
        )

    def ask_folder(self) -> Path | None:
        """A folder of captures."""
        return path_or_none(QFileDialog.getExistingDirectory(self._window, self.tr("Open folder")))

    def ask_files(self) -> list[Path]:
        """Single captures."""
        from vimd_core.data.images.formats import IMAGE_EXTENSIONS

        patterns = " ".join(f"*{extension}" for extension in (".zip", *sorted(IMAGE_EXTENSIONS)))
        names, _ = QFileDialog.getOpenFileNames(
            self._window,
            self.tr("Open files"),
            "",
            self.tr("Images and ZIP files ({0});;All files (*)").format(f"{patterns} {patterns.upper()}"),
        )
        return [Path(name) for name in names]

    def ask_label_table(self) -> Path | None:
        """A table of labels."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Import labels"),
            "",
            self.tr("Label files (*.csv *.tsv *.txt *.json *.jsonl *.ndjson);;All files (*)"),
        )
        return path_or_none(name)

    def ask_label_import(
        self, imports: LabelImportService, draft: LabelDraft, plan: LabelPlan
    ) -> tuple[LabelPlan, ImportChoice] | None:
        """What of an import of labels shall be written."""
        from app.views.exchange.label_import_dialog import LabelImportDialog

        dialog = LabelImportDialog(self._window, imports, draft, plan)
        return (dialog.plan, dialog.choice) if self._is_accepted(dialog) else None

    def ask_export(self, current: CaptureQuery, project_name: str) -> ExportRequest | None:
        """What shall be written where."""
        from app.views.exchange.export_dialog import ExportDialog

        dialog = ExportDialog(self._window, current, project_name)
        target = dialog.ask_target() if self._is_accepted(dialog) else None
        return dialog.request(target) if target is not None else None

    def show_left_out(self, count: int, sentences: Sequence[str]) -> None:
        """Say why files could not be added."""
        from app.views.exchange.import_summary import LeftOutDialog

        self._is_accepted(LeftOutDialog(self._window, count, sentences))
