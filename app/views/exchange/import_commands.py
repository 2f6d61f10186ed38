"""The import commands: adds files and folders to the project, and says what an import did and left out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from app.item_models.worded import worded
from app.locations import is_project
from app.views.exchange.import_summary import import_summary
from app.views.exchange.questions import ExchangeQuestions
from app.views.models.model_commands import ModelCommands
from app.views.shared.room_context import RoomContext, on

if TYPE_CHECKING:
    from app.exchange.import_run import ImportReport

_MODEL_SUFFIX: Final = ".safetensors"


class ImportCommands(QObject):
    """Puts questions before the import service, and what comes of it into the message bar."""

    def __init__(self, context: RoomContext, models: ModelCommands, questions: ExchangeQuestions) -> None:
        super().__init__(context.window)
        services = context.services
        self._services = services
        self._models = models
        self._questions = questions
        self._message_bar = context.message_bar
        self._places = context.places
        on(context.actions.open_folder, self.open_folder)
        on(context.actions.try_samples, self.try_samples)
        context.actions.try_samples.setVisible(context.places.samples.is_dir())
        services.imports.finished.connect(self._on_import_finished)
        services.imports.failed.connect(context.message_bar.show_error)

    def add(self, paths: list[Path]) -> None:
        """Add files and folders to the project; a project by itself is opened instead, a model by itself is used."""
        if len(paths) == 1 and is_project(paths[0]):
            self._services.projects.open(paths[0])
        elif len(paths) == 1 and paths[0].suffix.lower() == _MODEL_SUFFIX:
            self._models.use_model(paths[0])
        elif paths:
            self._message_bar.clear()  # what it says is of something before
            self._services.imports.import_paths(paths)

    def open_folder(self) -> None:
        """Add a folder."""
        folder = self._questions.ask_folder()
        self.add([] if folder is None else [folder])

    def try_samples(self) -> None:
        """Add the captures that come with the program."""
        self.add([self._places.samples])

    def _on_import_finished(self, report: ImportReport) -> None:
        text = import_summary(report)
        if report.num_left_out == 1:
            self._message_bar.show_error(f"{text} {worded(report.left_out[0])}")
        elif report.num_left_out:
            left_out = self.tr(
                "%Ln file(s) or folder(s) skipped. First reason: {0}",
                "",
                report.num_left_out,
            ).format(worded(report.left_out[0]))
            self._message_bar.show_error(
                f"{text} {left_out}",
                self.tr("Show all…"),
                lambda: self._questions.show_left_out(
                    report.num_left_out, [worded(sentence) for sentence in report.left_out]
                ),
            )
        elif text:
            self._message_bar.show_notice(text)
