"""The project commands: new, open, recent, restore; and the ways out when a project can't be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from app.domain.records import BackupRecord
from app.item_models.worded import worded
from app.views.projects.questions import ProjectQuestions
from app.views.shared.room_context import RoomContext, on
from vimd_core.user_messages import Sentence


class ProjectCommands(QObject):
    """Puts questions before the project service, and what comes of it into the message bar."""

    def __init__(self, context: RoomContext, questions: ProjectQuestions) -> None:
        super().__init__(context.window)
        services, bar, actions = context.services, context.message_bar, context.actions
        self._services = services
        self._questions = questions
        self._message_bar = bar
        self._places = context.places
        self._is_waiting = False  # for a window that is still closing the project
        on(actions.new_project, self.new_project)
        on(actions.open_project, self.open_project)
        on(actions.restore, self.restore)
        services.tasks.unhandled_failure.connect(self.show_failure)
        services.projects.open_failed.connect(self._on_open_failed)
        services.projects.waiting.connect(self._on_waiting)
        services.projects.opened.connect(lambda _name, _folder: self._on_opened())
        services.projects.damaged.connect(self._on_damaged)
        services.projects.noticed.connect(bar.show_notice)
        services.projects.restore_failed.connect(
            lambda sentence: bar.show_error(sentence, self.tr("Restore backup…"), self.restore)
        )

    def new_project(self) -> None:
        """Make a project and open it."""
        folder = self._questions.ask_new_project(self._places.projects / self.tr("New project"))
        if folder is not None:
            self._services.projects.open(folder)

    def open_project(self) -> None:
        """Open a project that exists."""
        folder = self._questions.ask_project()
        if folder is not None:
            self._services.projects.open(folder)

    def open_recent(self, folder: Path) -> None:
        """Open a project that was open before."""
        if folder != self._services.projects.folder or self._services.projects.project is None:
            self._message_bar.clear()
            self._services.projects.open(folder, must_exist=True)

    def restore(self) -> None:
        """Put back a copy of the project, also of one that can't be opened any more."""
        projects = self._services.projects
        folder = projects.folder
        if folder is None:
            return

        def choose(backups: list[BackupRecord]) -> None:
            chosen = self._questions.ask_backup(folder.stem, backups)
            if chosen is not None:
                projects.restore(folder, chosen)

        projects.find_backups(folder, choose)

    def show_failure(self, sentence: Sentence | str) -> None:
        """Say what could not be done; in a damaged project with the way out of it, which must not be hidden."""
        if self._services.projects.is_read_only:
            self._message_bar.show_error(sentence, *self._way_out())
        else:
            self._message_bar.show_error(sentence)

    def _on_waiting(self, name: str) -> None:
        self._is_waiting = True
        self._message_bar.show_notice(
            self.tr("ViMD Studio is still closing {0}. It will open in a moment.").format(name)
        )

    def _on_opened(self) -> None:
        if self._is_waiting:
            self._message_bar.clear()
        self._is_waiting = False

    def _on_open_failed(self, sentence: Sentence | str) -> None:
        self._message_bar.show_error(sentence, *self._way_out())

    def _on_damaged(self, sentence: Sentence | str) -> None:
        text = self.tr("{0} Until then it is read-only.").format(worded(sentence))
        self._message_bar.show_error(text, *self._way_out())

    def _way_out(self) -> tuple[str, Callable[[], None]]:
        """What to do about a project that can't be used."""
        projects = self._services.projects
        folder = projects.folder
        if (
            folder is not None
            and not projects.is_in_use_elsewhere
            and any((folder / "backups").glob("*.sqlite"))
        ):
            return self.tr("Restore backup…"), self.restore
        return self.tr("Open another…"), self.open_project
