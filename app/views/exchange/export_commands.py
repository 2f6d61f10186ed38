"""The Export command: writes captures and labels out, and says where to."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.domain.records import CaptureFilter
from app.views.exchange.questions import ExchangeQuestions
from app.views.shared.room_context import RoomContext, on


class ExportCommands(QObject):
    """Puts the dialog before the export service, and what comes of it into the message bar."""

    def __init__(self, context: RoomContext, questions: ExchangeQuestions) -> None:
        super().__init__(context.window)
        self._services = context.services
        self._captures = context.captures
        self._questions = questions
        self._message_bar = context.message_bar
        on(context.actions.export, self.export)
        context.services.exports.finished.connect(self._on_exported)
        context.services.exports.failed.connect(context.message_bar.show_error)

    def export(self) -> None:
        """Write captures and labels out."""
        project = self._services.projects.project
        if project is None:
            return
        request = self._questions.ask_export(self._captures.query, project.name)
        if request is not None:
            self._message_bar.clear()
            self._services.exports.export(request)

    def _on_exported(self, path: str, rows: int, left_out: int) -> None:
        written = self.tr("%Ln capture(s) exported to {0}.", "", rows).format(path)
        if not left_out:
            self._message_bar.show_notice(written)
            return
        said = self.tr(
            "%Ln labelled capture(s) skipped: (its/their) file(s) (is/are) missing or can't be read.",
            "",
            left_out,
        )
        self._message_bar.show_error(
            f"{written} {said}",
            self.tr("Show"),
            lambda: self._captures.set_filter(CaptureFilter.UNREADABLE),
        )
