"""Every question of the window, room by room (modal dialogs): the one place that tests replace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.views.classes.questions import ClassQuestions
from app.views.exchange.questions import ExchangeQuestions
from app.views.filters.questions import FilterQuestions
from app.views.live.questions import LiveQuestions
from app.views.models.questions import ModelQuestions
from app.views.projects.questions import ProjectQuestions
from app.views.review.questions import ReviewQuestions
from app.views.shared.room_questions import RoomQuestions
from app.views.training.questions import TrainingQuestions

if TYPE_CHECKING:
    from app.services.program.preferences import PreferenceValues


class ProgramQuestions(RoomQuestions):
    """Settings, keys, the palette, and what the program tells about itself."""

    def ask_settings(self, values: PreferenceValues) -> PreferenceValues | None:
        """Other settings."""
        from app.views.window.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._window, values)
        return dialog.values if self._is_accepted(dialog) else None

    def ask_shortcuts(
        self, actions: Sequence[QAction], own: Mapping[str, Sequence[QKeySequence]]
    ) -> dict[str, str] | None:
        """Keys that are not the program's own."""
        from app.views.window.shortcut_editor import ShortcutEditor

        dialog = ShortcutEditor(self._window, actions, own)
        return dialog.changes if self._is_accepted(dialog) else None

    def ask_action(self, actions: Sequence[tuple[str, QAction]]) -> QAction | None:
        """One of all actions."""
        from app.views.window.command_palette import CommandPalette

        dialog = CommandPalette(self._window, actions)
        return dialog.chosen if self._is_accepted(dialog) else None

    def show_about(self, facts: Mapping[str, str]) -> None:
        """Tell what the program is, and about this computer."""
        from app.views.window.about_dialog import AboutDialog

        self._is_accepted(AboutDialog(self._window, facts))

    def show_crash(self, report: Path) -> None:
        """Show what is left of a program that crashed."""
        from app.views.shared.text_dialog import TextDialog

        sentence = self.tr(
            "ViMD Studio crashed last time. Your labels are safe. This report is stored only on this "
            "computer, in {0}; copy it if you want to send it to someone."
        ).format(report)
        text = report.read_text(encoding="utf-8", errors="replace")
        self._is_accepted(TextDialog(self._window, self.tr("Crash report"), sentence, text))

    def show_help(self) -> None:
        """Show the manual."""
        from app.views.window.help_dialog import HelpDialog

        self._is_accepted(HelpDialog(self._window))


@dataclass(frozen=True)
class Questions:
    """Those of all rooms."""

    filters: FilterQuestions
    review: ReviewQuestions
    classes: ClassQuestions
    live: LiveQuestions
    models: ModelQuestions
    training: TrainingQuestions
    projects: ProjectQuestions
    exchange: ExchangeQuestions
    program: ProgramQuestions

    @classmethod
    def above(cls, window: QWidget) -> Questions:
        """Ask above this window."""
        return cls(
            filters=FilterQuestions(window),
            review=ReviewQuestions(window),
            classes=ClassQuestions(window),
            live=LiveQuestions(window),
            models=ModelQuestions(window),
            training=TrainingQuestions(window),
            projects=ProjectQuestions(window),
            exchange=ExchangeQuestions(window),
            program=ProgramQuestions(window),
        )
