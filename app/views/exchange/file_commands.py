"""The commands that ask for files: captures, projects, tables, models; and what is said when they are done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QSettings

from app.domain.records import CaptureFilter, LabelResult
from app.item_models.capture_list_model import CaptureListModel
from app.services.captures.relink_service import RelinkReport, SourceState
from app.services.container import Places, Services
from app.storage.database.backup import BackupRecord
from app.storage.locations import is_project
from app.views.exchange.import_summary import import_summary
from app.views.shared.message_bar import LAST_ACTION, MessageBar
from app.views.window.dialogs import Dialogs
from app.views.wording.errors import localised

if TYPE_CHECKING:
    from app.exchange.import_run import ImportReport
    from app.exchange.label_import import LabelDraft
    from app.exchange.label_plan import LabelPlan

_MODEL_SUFFIX: Final = ".safetensors"


class FileCommands(QObject):
    """Puts dialogs before services, and their outcome into the message bar."""

    def __init__(
        self,
        services: Services,
        dialogs: Dialogs,
        message_bar: MessageBar,
        captures: CaptureListModel,
        settings: QSettings,
        places: Places,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._dialogs = dialogs
        self._message_bar = message_bar
        self._captures = captures
        self._settings = settings
        self._places = places
        self._chosen_model: Path | None = None
        self._is_waiting = False  # for a window that is still closing the project
        services.imports.finished.connect(self._on_import_finished)
        services.imports.failed.connect(message_bar.show_error)
        services.exports.finished.connect(self._on_exported)
        services.labels.labels_imported.connect(self._on_labels_imported)
        services.label_imports.drafted.connect(self._on_labels_drafted)
        services.label_imports.failed.connect(message_bar.show_error)
        services.exports.failed.connect(message_bar.show_error)
        services.projects.open_failed.connect(self._on_open_failed)
        services.projects.waiting.connect(self._on_waiting)
        services.projects.opened.connect(lambda _name, _folder: self._on_opened())
        services.projects.damaged.connect(self._on_damaged)
        services.projects.noticed.connect(message_bar.show_notice)
        services.projects.restore_failed.connect(
            lambda sentence: message_bar.show_error(sentence, self.tr("Restore a backup…"), self.restore)
        )
        services.relink.folders_missing.connect(self._on_folders_missing)
        services.relink.relinked.connect(self._on_relinked)
        services.relink.failed.connect(message_bar.show_error)
        services.classify.model_failed.connect(self._on_model_failed)
        services.classify.model_loaded.connect(self._on_model_loaded)

    def add(self, paths: list[Path]) -> None:
        """Add files and folders to the project; a project by itself is opened instead, a model by itself is used."""
        if len(paths) == 1 and is_project(paths[0]):
            self._services.projects.open(paths[0])
        elif len(paths) == 1 and paths[0].suffix.lower() == _MODEL_SUFFIX:
            self.use_model(paths[0])
        elif paths:
            self._message_bar.clear()  # what it says is of something before
            self._services.imports.import_paths(paths)

    def open_folder(self) -> None:
        """Add a folder."""
        folder = self._dialogs.ask_folder()
        self.add([] if folder is None else [folder])

    def try_samples(self) -> None:
        """Add the captures that come with the program."""
        self.add([self._places.samples])

    def new_project(self) -> None:
        """Make a project and open it."""
        folder = self._dialogs.ask_new_project(self._places.projects / self.tr("New project"))
        if folder is not None:
            self._services.projects.open(folder)

    def open_project(self) -> None:
        """Open a project that exists."""
        folder = self._dialogs.ask_project()
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
            chosen = self._dialogs.ask_backup(folder.stem, backups)
            if chosen is not None:
                projects.restore(folder, chosen)

        projects.find_backups(folder, choose)

    def find_moved(self) -> None:
        """Tell the project where captures are now."""
        self._services.relink.find_missing(self._choose_moved)

    def _choose_moved(self, states: list[SourceState]) -> None:
        moved = self._dialogs.ask_moved_folder(states)
        if moved is not None:
            state, new_folder = moved
            self._services.relink.relink(state.place, new_folder)

    def export(self) -> None:
        """Write captures and labels out."""
        project = self._services.projects.project
        if project is None:
            return
        request = self._dialogs.ask_export(self._captures.query, project.name)
        if request is not None:
            self._message_bar.clear()
            self._services.exports.export(request)

    def import_labels(self) -> None:
        """Take labels over from a table."""
        path = self._dialogs.ask_label_table()
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

    def choose_model(self) -> None:
        """Classify with another model, also after the next start."""
        path = self._dialogs.ask_model(self._services.classify.model_path)
        if path is not None:
            self.use_model(path)

    def use_model(self, path: Path) -> None:
        """Classify with this model, also after the next start when it works."""
        self._chosen_model = path
        self._services.classify.use_model(path)

    def _on_model_loaded(self, _name: str, _notice: str) -> None:
        # Kept for the next start only now that it is known to work.
        if self._chosen_model is not None and self._services.classify.model_path == self._chosen_model:
            self._settings.setValue("model/path", str(self._chosen_model))
        self._chosen_model = None

    def _on_import_finished(self, report: ImportReport) -> None:
        text = import_summary(report)
        if report.num_left_out == 1:
            self._message_bar.show_error(f"{text} {localised(report.left_out[0])}")
        elif report.num_left_out:
            left_out = self.tr("{0} files or folders were left out, the first one because: {1}").format(
                f"{report.num_left_out:,}", localised(report.left_out[0])
            )
            self._message_bar.show_error(
                f"{text} {left_out}",
                self.tr("Show all…"),
                lambda: self._dialogs.show_left_out(
                    report.num_left_out, [localised(sentence) for sentence in report.left_out]
                ),
            )
        elif text:
            self._message_bar.show_notice(text)

    def _on_exported(self, path: str, rows: int, left_out: int) -> None:
        written = self.tr("{0} captures were written to {1}.").format(f"{rows:,}", path)
        if not left_out:
            self._message_bar.show_notice(written)
            return
        said = (
            self.tr("1 labelled capture was left out: its file is missing or can't be read.")
            if left_out == 1
            else self.tr(
                "{0} labelled captures were left out: their files are missing or can't be read."
            ).format(f"{left_out:,}")
        )
        self._message_bar.show_error(
            f"{written} {said}",
            self.tr("Show them"),
            lambda: self._captures.set_filter(CaptureFilter.UNREADABLE),
        )

    def _on_labels_drafted(self, draft: LabelDraft, plan: LabelPlan) -> None:
        self._message_bar.clear()
        chosen = self._dialogs.ask_label_import(self._services.label_imports, draft, plan)
        if chosen is not None:
            self._services.label_imports.take(*chosen)

    def _on_labels_imported(self, result: LabelResult) -> None:
        count = len(result.capture_ids)
        self._message_bar.show_notice(
            self.tr("1 label imported. Ctrl+Z undoes it.")
            if count == 1
            else self.tr("{0} labels imported. Ctrl+Z undoes it.").format(f"{count:,}"),
            topic=LAST_ACTION,
        )

    def _on_waiting(self, name: str) -> None:
        self._is_waiting = True
        self._message_bar.show_notice(
            self.tr("ViMD Studio is still closing {0}. It will open in a moment.").format(name)
        )

    def _on_opened(self) -> None:
        if self._is_waiting:
            self._message_bar.clear()
        self._is_waiting = False

    def _on_open_failed(self, sentence: str) -> None:
        self._message_bar.show_error(sentence, *self._way_out())

    def show_failure(self, sentence: str) -> None:
        """Say what could not be done; in a damaged project with the way out of it, which must not be hidden."""
        if self._services.projects.is_read_only:
            self._message_bar.show_error(sentence, *self._way_out())
        else:
            self._message_bar.show_error(sentence)

    def _on_damaged(self, sentence: str) -> None:
        text = self.tr("{0} Until then it can be looked at, but not changed.").format(localised(sentence))
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
            return self.tr("Restore a backup…"), self.restore
        return self.tr("Open another…"), self.open_project

    def _on_folders_missing(self, states: list[SourceState]) -> None:
        self._message_bar.show_error(
            self.tr(
                "The folder {0} with {1} captures is not there: connect its drive, or say where it is now."
            ).format(states[0].place.folder, f"{states[0].captures:,}")
            if len(states) == 1
            else self.tr(
                "{0} folders are not there, such as {1} with {2} captures: connect their drive, or say where "
                "they are now."
            ).format(len(states), states[0].place.folder, f"{states[0].captures:,}"),
            self.tr("Find moved folders…"),
            self.find_moved,
        )

    def _on_relinked(self, report: RelinkReport) -> None:
        text = self.tr("{0} captures were found in {1}.").format(
            f"{len(report.capture_ids):,}", report.folder
        )
        if report.others:
            text += " " + self.tr("{0} further folders had moved with it and were found too.").format(
                len(report.others)
            )
        if report.missing:
            text += " " + self.tr("{0} are still missing.").format(f"{report.missing:,}")
        self._message_bar.show_notice(text)

    def _on_model_failed(self, sentence: str) -> None:
        self._message_bar.show_error(sentence, self.tr("Choose model…"), self.choose_model)
