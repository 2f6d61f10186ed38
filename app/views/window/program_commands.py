"""Commands about the program itself: settings, keys, the palette, help."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from app.services.program.diagnostics import diagnostics
from app.services.program.preferences import PreferenceValues
from app.views.shared.room_context import RoomContext, on
from app.views.window.questions import ProgramQuestions
from app.views.window.tour import Tour
from app.views.wording.translation import chosen_language

if TYPE_CHECKING:
    from app.services.program.update_check import Update

_TOUR = "tour"

_log = logging.getLogger(__name__)


class ProgramCommands(QObject):
    """Opens the dialogs and puts what they say into effect."""

    def __init__(self, context: RoomContext, questions: ProgramQuestions) -> None:
        window, actions = context.window, context.actions
        captures, preferences = context.captures, context.preferences
        super().__init__(window)
        self._window = window
        self._services = context.services
        self._captures = captures
        self._preferences = preferences
        self._actions = actions
        self._questions = questions
        self._message_bar = context.message_bar
        self._theme = context.theme
        self.tour = Tour(window)
        self.tour.hide()
        self.tour.ended.connect(lambda: preferences.note_seen(_TOUR))
        window.installEventFilter(self)
        for action, slot in (
            (actions.settings, self.change_settings),
            (actions.shortcuts, self.change_shortcuts),
            (actions.palette, self.find_action),
            (actions.help, questions.show_help),
            (actions.start_tour, self.tour.start),
            (actions.about, self.show_about),
        ):
            on(action, slot)
        for mode, action in actions.themes.items():
            action.triggered.connect(lambda _checked=False, chosen=mode: preferences.set_theme(chosen))
        preferences.changed.connect(self._apply)
        actions.use_shortcuts(preferences.shortcuts())
        captures.rowsInserted.connect(self._offer_tour)
        captures.modelReset.connect(self._offer_tour)
        self._show_theme(preferences.values)

    def change_settings(self) -> None:
        """Ask for other settings."""
        values = self._questions.ask_settings(self._preferences.values)
        if values is not None:
            self._preferences.set(values)

    def change_shortcuts(self) -> None:
        """Show all keys, and take others."""
        changes = self._questions.ask_shortcuts(self._actions.all(), self._actions.own_shortcuts)
        if changes is not None:
            self._actions.use_shortcuts(changes)
            self._preferences.set_shortcuts(changes)

    def find_action(self) -> None:
        """Run an action by its name."""
        action = self._questions.ask_action(self._actions.with_menus())
        if action is not None:
            action.trigger()

    def show_about(self) -> None:
        """Tell about the program and this computer."""
        services = self._services
        self._questions.show_about(diagnostics(services.projects, services.classify, services.worker))

    def show_crash(self, report: Path) -> None:
        """Show what is left of an earlier run of the program."""
        try:
            self._questions.show_crash(report)
        except OSError as e:
            _log.warning("The report of a crash can't be read: %s", e)

    def look_for_update(self) -> None:
        """Ask for a newer version, if the user wants that."""
        values = self._preferences.values
        if not values.checks_updates or not values.update_address:
            return
        # Only now: most starts need none of it.
        from app.services.program.update_check import UpdateCheck

        check = UpdateCheck(self._services.tasks, chosen_language(values.language), self)
        check.found.connect(self._on_update_found)
        check.ended.connect(check.deleteLater)
        check.ask(values.update_address)

    def _on_update_found(self, update: Update) -> None:
        self._message_bar.show_notice(
            self.tr("ViMD Studio {0} is available. {1}").format(update.version, update.notes).strip(),
            self.tr("Open download page"),
            partial(_open_page, update.page),
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the tour in its place, and above what a panel that comes up puts in front."""
        if event.type() == QEvent.Type.Resize and not self.tour.isHidden():
            self.tour.place()
        if event.type() == QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self.tour, self.tour.stay_on_top)
        return super().eventFilter(watched, event)

    def _apply(self, before: PreferenceValues, now: PreferenceValues) -> None:
        services = self._services
        if now.theme is not before.theme:
            self._theme.set_mode(now.theme)
            self._show_theme(now)
        services.labels.set_author(now.author)
        services.retrain.set_author(now.author)
        services.classify.set_computing(now.device, now.batch_size)

    def _show_theme(self, values: PreferenceValues) -> None:
        self._actions.themes[values.theme].setChecked(True)

    def _offer_tour(self) -> None:
        if self._captures.rowCount() and self.tour.isHidden() and not self._preferences.has_seen(_TOUR):
            self._preferences.note_seen(_TOUR)
            QTimer.singleShot(0, self.tour, self.tour.start)


def _open_page(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))
