"""Folders that were moved: says which are missing, and asks where they are now (relink)."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.services.captures.relink_service import RelinkReport, SourceState
from app.views.projects.questions import ProjectQuestions
from app.views.shared.room_context import RoomContext, on


class RelinkCommands(QObject):
    """Puts the question before the relink service, and what comes of it into the message bar."""

    def __init__(self, context: RoomContext, questions: ProjectQuestions) -> None:
        super().__init__(context.window)
        relink = context.services.relink
        self._relink = relink
        self._questions = questions
        self._message_bar = context.message_bar
        on(context.actions.find_moved, self.find_moved)
        relink.folders_missing.connect(self._on_folders_missing)
        relink.relinked.connect(self._on_relinked)
        relink.missing_changed.connect(context.sources.set_missing)
        relink.failed.connect(context.message_bar.show_error)

    def find_moved(self) -> None:
        """Tell the project where captures are now."""
        self._relink.find_missing(self._choose_moved)

    def _choose_moved(self, states: list[SourceState]) -> None:
        moved = self._questions.ask_moved_folder(states)
        if moved is not None:
            state, new_folder = moved
            self._relink.relink(state.place, new_folder)

    def _on_folders_missing(self, states: list[SourceState]) -> None:
        self._message_bar.show_error(
            self.tr(
                "The folder {0} with %Ln capture(s) is missing: connect its drive, or choose its new "
                "location.",
                "",
                states[0].captures,
            ).format(states[0].place.folder)
            if len(states) == 1
            else self.tr(
                "{0} of the project's folders are missing, such as {1} with %Ln capture(s): connect "
                "their drive, or choose their new location.",
                "",
                states[0].captures,
            ).format(len(states), states[0].place.folder),
            self.tr("Find moved folders…"),
            self.find_moved,
        )

    def _on_relinked(self, report: RelinkReport) -> None:
        text = self.tr("%Ln capture(s) found in {0}.", "", len(report.capture_ids)).format(report.folder)
        if report.others:
            text += " " + self.tr(
                "%Ln more folder(s) moved with it (was/were) found too.", "", len(report.others)
            )
        if report.missing:
            text += " " + self.tr("%Ln (is/are) still missing.", "", report.missing)
        self._message_bar.show_notice(text)
