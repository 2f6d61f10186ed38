"""Notifies of files that changed on disk, and asks what becomes of their labels."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.capture_files.file_check import FileReport
from app.domain.records import CaptureFilter, SetAside
from app.item_models.capture_list_model import CaptureListModel
from app.services.container import Services
from app.views.review.questions import ChangedLabels, ReviewQuestions
from app.views.shared.message_bar import MessageBar


class ChangedFiles(QObject):
    """Follows the file service; one question stands for all captures."""

    def __init__(
        self,
        services: Services,
        captures: CaptureListModel,
        questions: ReviewQuestions,
        message_bar: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._captures = captures
        self._questions = questions
        self._message_bar = message_bar
        files = services.files
        files.files_changed.connect(services.inspect.forget_pictures)
        files.labels_set_aside.connect(self._on_set_aside)
        files.failed.connect(message_bar.show_error)
        for source in (
            services.imports.files_found,
            services.exports.files_found,
            services.retrain.files_found,
            services.streams.files_found,
        ):
            source.connect(self._on_found)

    def _on_found(self, report: FileReport) -> None:
        project = self._services.projects.project
        if project is not None:
            self._services.files.take(project, report)

    def _on_set_aside(self, found: SetAside) -> None:
        count = len(found.labelled)
        if count:
            text = self.tr(
                "%Ln capture(s) (has/have) changed on disk since (it was/they were) labelled: "
                "(its/their) label(s) (does/do) not count for now.",
                "",
                count,
            )
            self._message_bar.show_notice(text, self.tr("Decide…"), self._ask)
        else:
            count = len(found.marked)
            self._message_bar.show_notice(
                self.tr(
                    "%Ln capture(s) (has/have) changed on disk: (it is/they are) classified again.", "", count
                )
            )

    def _ask(self) -> None:
        """Ask about those that nobody has decided about by now."""
        self._services.files.read_set_aside(self._ask_about)

    def _ask_about(self, found: SetAside) -> None:
        if not found.labelled:
            return
        chosen = self._questions.ask_changed_labels(len(found.labelled))
        if chosen is ChangedLabels.KEEP:
            self._services.labels.keep_earlier()
        elif chosen is ChangedLabels.DROP:
            self._services.labels.drop_earlier()
        else:
            self._on_set_aside(found)  # it can be answered later
        if chosen is ChangedLabels.SHOW:
            self._captures.set_filter(CaptureFilter.CHANGED)
