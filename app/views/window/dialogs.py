"""Every modal dialog of the program: the one place that tests replace.

Each is imported when it is first opened: together they take as long as the window itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QInputDialog, QMessageBox, QWidget

from app.storage.locations import PROJECT_SUFFIX

if TYPE_CHECKING:
    from app.domain.capture_query import CaptureQuery
    from app.exchange.export_run import ExportRequest
    from app.exchange.label_import import LabelDraft
    from app.exchange.label_plan import ImportChoice, LabelPlan
    from app.retraining.choice import RetrainRequest
    from app.services.captures.label_import_service import LabelImportService
    from app.services.captures.relink_service import SourceState
    from app.services.program.preferences import PreferenceValues
    from app.services.streams.stream_service import NewStream
    from app.services.training.retrain_service import RetrainService
    from app.services.training.speed_service import SpeedService
    from app.storage.database.backup import BackupRecord
    from vimd_core.streaming.sources.addresses import Credentials
    from vimd_core.streaming.sources.settings import StreamSettings


class ChangedLabels(Enum):
    """What becomes of the labels of captures whose files have changed."""

    KEEP = auto()
    DROP = auto()
    SHOW = auto()


class Dialogs(QObject):
    """Asks the user for files, and tells about the program."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def ask_folder(self) -> Path | None:
        """A folder of captures."""
        return _path(QFileDialog.getExistingDirectory(self._window, self.tr("Open folder")))

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

    def ask_new_project(self, suggestion: Path) -> Path | None:
        """Where a new project shall be."""
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("New project"),
            str(suggestion),
            self.tr("ViMD Studio project (*{0})").format(PROJECT_SUFFIX),
        )
        path = _path(name)
        if path is None or path.suffix == PROJECT_SUFFIX:
            return path
        return path.with_name(path.name + PROJECT_SUFFIX)

    def ask_project(self) -> Path | None:
        """A project that exists."""
        title = self.tr("Open project: choose its {0} folder").format(PROJECT_SUFFIX)
        return _path(QFileDialog.getExistingDirectory(self._window, title))

    def ask_model(self, current: Path) -> Path | None:
        """A model bundle."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Choose a model"),
            str(current.parent),
            self.tr("Model bundles (*.safetensors)"),
        )
        return _path(name)

    def ask_export(self, current: CaptureQuery, project_name: str) -> ExportRequest | None:
        """What shall be written where."""
        from app.views.exchange.export_dialog import ExportDialog

        dialog = ExportDialog(self._window, current, project_name)
        target = dialog.ask_target() if self._is_accepted(dialog) else None
        return dialog.request(target) if target is not None else None

    def ask_retrain(self, retrain: RetrainService, speed: SpeedService) -> RetrainRequest | None:
        """What to train, and how long."""
        from app.views.training.retrain_dialog import RetrainDialog

        dialog = RetrainDialog(self._window, retrain, speed)
        return dialog.request if self._is_accepted(dialog) else None

    def ask_training_at_close(self) -> bool | None:
        """What becomes of a training when the window is closed: whether it goes on; None keeps the window open."""
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("A training goes on"))
        box.setText(self.tr("A model is being trained. Shall it go on without the window?"))
        box.setInformativeText(
            self.tr(
                "It is found again at the next start, finished or not. Paused, it goes on from where it is now."
            )
        )
        go_on = box.addButton(self.tr("Go on in the background"), QMessageBox.ButtonRole.AcceptRole)
        pause = box.addButton(self.tr("Pause"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(go_on)
        try:
            box.exec()
            clicked = box.clickedButton()
        finally:
            box.deleteLater()
        return None if clicked not in (go_on, pause) else clicked is go_on

    def ask_changed_labels(self, count: int) -> ChangedLabels | None:
        """What becomes of the labels of captures whose files have changed; None leaves it open."""
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("Changed on disk"))
        box.setText(
            self.tr("1 capture has changed on disk since it was labelled.")
            if count == 1
            else self.tr("{0} captures have changed on disk since they were labelled.").format(f"{count:,}")
        )
        box.setInformativeText(
            self.tr(
                "Keep the labels if the pictures still show the same. Until you decide, these labels are neither "
                "exported nor learnt from."
            )
        )
        role = QMessageBox.ButtonRole
        keep = box.addButton(self.tr("Keep labels"), role.AcceptRole)
        drop = box.addButton(self.tr("Clear labels"), role.DestructiveRole)
        show = box.addButton(self.tr("Show them"), role.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(show)
        try:
            box.exec()
            clicked = box.clickedButton()
        finally:
            box.deleteLater()
        if clicked is keep:
            return ChangedLabels.KEEP
        if clicked is drop:
            return ChangedLabels.DROP
        return ChangedLabels.SHOW if clicked is show else None

    def ask_removal(self, count: int) -> bool:
        """Whether so many captures shall be taken out of the project."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Remove from the project"))
        box.setText(self.tr("Remove {0} captures from the project?").format(f"{count:,}"))
        box.setInformativeText(
            self.tr("Their files stay where they are, and Edit > Undo brings the captures back.")
        )
        remove = box.addButton(self.tr("Remove them"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(remove)
        try:
            box.exec()
            return box.clickedButton() is remove
        finally:
            box.deleteLater()

    def ask_many(self, question: str) -> tuple[bool, bool]:
        """Whether many captures shall be labelled at once, and whether to ask again."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Many captures"))
        box.setText(question)
        box.setInformativeText(
            self.tr(
                "Decisions that these captures have already are replaced. Undo takes it back as one step."
            )
        )
        again = QCheckBox(self.tr("Don't ask again"))
        box.setCheckBox(again)
        go_on = box.addButton(self.tr("Continue"), QMessageBox.ButtonRole.AcceptRole)
        # Enter also accepts captures: pressed twice, or held, it must not answer this.
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        held = HeldKeys(box)
        try:
            box.exec()
            return box.clickedButton() is go_on, not again.isChecked()
        finally:
            held.release()
            box.deleteLater()

    def ask_label_table(self) -> Path | None:
        """A table of labels."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Import labels"),
            "",
            self.tr("Tables of labels (*.csv *.tsv *.txt *.json *.jsonl *.ndjson);;All files (*)"),
        )
        return _path(name)

    def ask_label_import(
        self, imports: LabelImportService, draft: LabelDraft, plan: LabelPlan
    ) -> tuple[LabelPlan, ImportChoice] | None:
        """What of an import of labels shall be written."""
        from app.views.exchange.label_import_dialog import LabelImportDialog

        dialog = LabelImportDialog(self._window, imports, draft, plan)
        return (dialog.plan, dialog.choice) if self._is_accepted(dialog) else None

    def ask_backup(self, project_name: str, backups: Sequence[BackupRecord]) -> Path | None:
        """Which copy of a project shall be put back."""
        from app.views.projects.restore_dialog import RestoreDialog

        dialog = RestoreDialog(self._window, project_name, backups)
        return dialog.chosen if self._is_accepted(dialog) else None

    def ask_moved_folder(self, states: Sequence[SourceState]) -> tuple[SourceState, Path] | None:
        """Which folder was moved, and where it is now."""
        from app.views.projects.relink_dialog import RelinkDialog

        dialog = RelinkDialog(self._window, states)
        if not self._is_accepted(dialog) or dialog.chosen is None or dialog.new_folder is None:
            return None
        return dialog.chosen, dialog.new_folder

    def ask_stream_removal(self, name: str) -> bool:
        """Whether a source shall be watched no longer."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Remove source"))
        box.setText(self.tr("Stop watching {0} and remove it?").format(name))
        box.setInformativeText(
            self.tr(
                "Its captures and their labels stay in the project. Its password is forgotten. If you add the same "
                "address again, its regions and settings come back."
            )
        )
        remove = box.addButton(self.tr("Remove source"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        try:
            box.exec()
            return box.clickedButton() is remove
        finally:
            box.deleteLater()

    def ask_stream(
        self, name: str = "", settings: StreamSettings | None = None, *, address: str = ""
    ) -> NewStream | None:
        """A camera, stream, video or folder to watch, or other settings of the one that is given.

        Args:
            name: of the one that is given.
            settings: of it.
            address: of a new one, as somebody has given it.
        """
        from app.views.live.stream_dialog import StreamDialog

        dialog = StreamDialog(self._window, name, settings)
        if address:
            dialog.address.setEditText(address)
        return dialog.new if self._is_accepted(dialog) else None

    def ask_credentials(self, name: str) -> tuple[Credentials, bool] | None:
        """How to be let in to a source, and whether the key store shall have it."""
        from app.views.live.credentials_dialog import CredentialsDialog

        dialog = CredentialsDialog(self._window, name)
        return (dialog.credentials, dialog.keeps.isChecked()) if self._is_accepted(dialog) else None

    def ask_text(self, title: str, question: str) -> str:
        """A line of text; nothing when it was given up."""
        text, is_given = QInputDialog.getText(self._window, title, question)
        return text.strip() if is_given else ""

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

    def show_left_out(self, count: int, sentences: Sequence[str]) -> None:
        """Say why files could not be added."""
        from app.views.exchange.import_summary import LeftOutDialog

        self._is_accepted(LeftOutDialog(self._window, count, sentences))

    def show_crash(self, report: Path) -> None:
        """Show what is left of a program that crashed."""
        from app.views.shared.text_dialog import TextDialog

        sentence = self.tr(
            "ViMD Studio crashed the last time. Your labels are safe. This report stays on this computer, in {0}; "
            "copy it if you want to send it to somebody."
        ).format(report)
        text = report.read_text(encoding="utf-8", errors="replace")
        self._is_accepted(TextDialog(self._window, self.tr("After a crash"), sentence, text))

    def show_help(self) -> None:
        """Show the manual."""
        from app.views.window.help_dialog import HelpDialog

        self._is_accepted(HelpDialog(self._window))

    def _is_accepted(self, dialog: QDialog) -> bool:
        try:
            return dialog.exec() == QDialog.DialogCode.Accepted
        finally:
            dialog.deleteLater()


def _path(name: str) -> Path | None:
    return Path(name) if name else None


class HeldKeys(QObject):
    """Lets a dialog see only keys that are pressed for it, not those still held from before."""

    def __init__(self, dialog: QWidget) -> None:
        super().__init__(dialog)
        self._watched = [dialog, *dialog.findChildren(QWidget)]
        for widget in self._watched:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow the repetitions of a held key."""
        if isinstance(event, QKeyEvent) and event.isAutoRepeat():
            return True
        return super().eventFilter(watched, event)

    def release(self) -> None:
        """Let go of the dialog."""
        for widget in self._watched:
            widget.removeEventFilter(self)
