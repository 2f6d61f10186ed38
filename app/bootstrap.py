"""The one place that makes the program's objects and gives them each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtWidgets import QApplication

import resources
from app.garbage_collection import GarbageCollection
from app.item_models.capture_list_model import CaptureListModel
from app.item_models.class_list_model import ClassListModel
from app.item_models.source_list_model import SourceListModel
from app.locations import data_folder, default_project_folder, settings_file
from app.services.captures.export_service import ExportService
from app.services.captures.file_service import FileService
from app.services.captures.import_service import ImportService
from app.services.captures.label_import_service import LabelImportService
from app.services.captures.label_service import LabelService
from app.services.captures.relink_service import RelinkService
from app.services.captures.statistics_service import StatisticsService
from app.services.classifier.classify_service import ClassifyService
from app.services.classifier.feature_service import FeatureService
from app.services.classifier.group_service import GroupService
from app.services.classifier.insight_service import InsightService
from app.services.classifier.inspect_service import InspectService
from app.services.classifier.suggestion_service import SuggestionService
from app.services.classifier.suggestion_state import SuggestionState
from app.services.classifier.worker_client import WorkerClient
from app.services.container import Places, Services
from app.services.pictures.image_service import ImageService
from app.services.program.handing_over import Handed, HandingOver, hand_over
from app.services.program.preferences import Preferences
from app.services.program.recent_projects import RecentProjects
from app.services.project_service import ProjectService
from app.services.streams.live_service import LiveService
from app.services.streams.sighting_judge import SightingJudge
from app.services.streams.stream_service import StreamService
from app.services.tasks import TaskRunner
from app.services.training.model_service import ModelService
from app.services.training.retrain_service import RetrainService
from app.services.training.speed_service import SpeedService
from app.storage.project_preview import has_captures
from app.views.shared.theme import Theme, application_icon
from app.views.window.main_window import MainWindow
from app.views.wording.translation import chosen_language, install_translation, remove_translation
from vimd_core.processes.child_process import child_command
from vimd_core.processes.policies import CLASSIFIER_POLICY
from vimd_core.processes.supervision import SupervisionPolicy

_RESOURCES: Final = Path(resources.__file__).parent
STARTER_MODEL: Final = _RESOURCES / "models" / "traffic-signs-compact.safetensors"
SAMPLES: Final = _RESOURCES / "samples" / "captures"


@dataclass(frozen=True)
class Options:
    """What the command line asks for; None is what the user chose last, or the default."""

    paths: tuple[Path, ...] = ()
    addresses: tuple[str, ...] = ()
    project: Path | None = None
    model: Path | None = None


class Studio(QObject):
    """The running program: made with its window, started once that is shown, and shut down at the end."""

    def __init__(
        self,
        application: QApplication,
        options: Options,
        *,
        worker_command: Sequence[str] | None = None,
        worker_policy: SupervisionPolicy = CLASSIFIER_POLICY,
    ) -> None:
        super().__init__()
        self._application = application
        self._options = options
        self._settings = QSettings(str(settings_file()), QSettings.Format.IniFormat)
        self.preferences = Preferences(self._settings, self)
        values = self.preferences.values
        self._translators = install_translation(application, chosen_language(values.language))
        application.setWindowIcon(application_icon())
        self.theme = Theme(application, self.preferences.values.theme, self)
        self.images = ImageService(self)
        tasks = TaskRunner(self)
        projects = ProjectService(tasks, self)
        worker = WorkerClient(worker_command or child_command(), worker_policy, self)
        classify = ClassifyService(projects, worker, _model_path(options, self._settings), self)
        classify.set_computing(values.device, values.batch_size)
        streams = StreamService(projects, tasks, SightingJudge(worker, classify, self), parent=self)
        features = FeatureService(projects, worker, classify, self)
        labels = LabelService(projects, values.author, self)
        state = SuggestionState(self)
        suggestions = SuggestionService(projects, worker, classify, features, state, self)
        labels.labels_changed.connect(suggestions.take_labels)
        labels.classes_changed.connect(suggestions.update)
        groups = GroupService(projects, tasks, worker, features, self)
        labels.labels_changed.connect(groups.take_labels)
        labels.labels_imported.connect(lambda _result: groups.update())
        inspect = InspectService(projects, worker, self.images, classify, state, self)
        self.services = Services(
            tasks=tasks,
            projects=projects,
            worker=worker,
            classify=classify,
            imports=ImportService(projects, tasks, child_command("index"), self),
            labels=labels,
            label_imports=LabelImportService(projects, labels, self),
            exports=ExportService(projects, tasks, self),
            images=self.images,
            inspect=inspect,
            files=FileService(projects, tasks, classify, labels, inspect, self),
            features=features,
            groups=groups,
            insight=InsightService(projects, worker, classify, features, self),
            suggestions=suggestions,
            statistics=StatisticsService(projects, labels, classify, self),
            relink=RelinkService(projects, tasks, self),
            # A model on the command line is for whatever project is opened.
            models=ModelService(projects, tasks, classify, self, follows_projects=options.model is None),
            retrain=RetrainService(projects, tasks, child_command(), values.author, self),
            speed=SpeedService(projects, tasks, child_command(), self),
            streams=streams,
            live=LiveService(streams, worker, classify, self),
        )
        self.services.imports.finished.connect(lambda _report: groups.update())
        self._garbage = GarbageCollection(self)
        self.captures = CaptureListModel(projects, self.images, state, self)
        self.classes = ClassListModel(projects, self)
        self.sources = SourceListModel(projects, self)
        classify.classes_changed.connect(self.classes.reload)
        self.services.labels.classes_changed.connect(self.classes.reload)
        self.recent = RecentProjects(self._settings, self)
        self.others = HandingOver(self)
        self.others.received.connect(self._on_handed)
        self._has_opened = False
        projects.opened.connect(self._on_opened)
        projects.closing.connect(self.others.close)
        projects.open_failed.connect(self._hand_over_after_all)
        self.window = MainWindow(
            self.services,
            self.captures,
            self.classes,
            self.sources,
            self.theme,
            self._settings,
            self.preferences,
            self.recent,
            Places(samples=SAMPLES, projects=data_folder()),
        )
        if has_captures(self._project_folder()):
            self.window.show_project()
        else:
            self.window.show_empty()

    def start(self) -> None:
        """Open the project and start the child process; the window is usable meanwhile."""
        projects, worker = self.services.projects, self.services.worker
        self._garbage.start()
        if not self._settings.isWritable():
            folder = settings_file().parent
            self.window.message_bar.show_notice(
                self.tr("Settings can't be saved: {0} is not writable.").format(folder)
            )
        # The child's first second is all processor time; the user waits for the captures, not for the child.
        projects.opened.connect(worker.start)
        projects.open_failed.connect(worker.start)
        folder = self._project_folder()
        self.others.listen(folder)
        # What the user had and is not there any more is said; only what was never there is made.
        projects.open(folder, must_exist=self._options.project is None and folder in self.recent.folders)
        self._take_in(self._given)

    def shut_down(self) -> None:
        """Stop jobs, finish writing and end every thread and process of ours."""
        self.others.close()
        self.services.worker.ask_to_stop()  # its end takes a while, in which the project is closed
        self.services.speed.shut_down()
        self.services.projects.shut_down()
        self.services.worker.stop()
        self.images.shut_down()
        self._garbage.stop()
        self._settings.sync()
        remove_translation(self._application, self._translators)

    @property
    def _given(self) -> Handed:
        return Handed(self._options.paths, self._options.addresses)

    def _on_opened(self, _name: str, folder: str) -> None:
        self._has_opened = True
        self.others.listen(Path(folder))

    def _on_handed(self, handed: Handed) -> None:
        """Another start was given something; whatever it was, it wants to see this window."""
        window = self.window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        self._application.alert(window)
        self._take_in(handed)

    def _take_in(self, handed: Handed) -> None:
        if handed.paths or handed.addresses:
            self.window.exchange.incoming.take(handed.paths, handed.addresses)
        if handed.model is not None:
            self.window.models.commands.use_model(handed.model)

    def _hand_over_after_all(self, _sentence: str) -> None:
        """Two starts at once: the one that was slower gives what it has to the other and goes."""
        projects = self.services.projects
        folder = projects.folder
        is_there_one = projects.is_in_use_elsewhere and not self.others.is_listening
        if self._has_opened or folder is None or not is_there_one:
            return
        if hand_over(folder, self._given):
            self._application.quit()

    def _project_folder(self) -> Path:
        return wanted_project(self._options, self.recent)


def wanted_project(options: Options, recent: RecentProjects) -> Path:
    """The project that a start means: the one that it names, or else the one that was open last."""
    return options.project or next(iter(recent.folders), default_project_folder())


def _model_path(options: Options, settings: QSettings) -> Path:
    if options.model is not None:
        return options.model
    chosen = settings.value("model/path")
    return Path(chosen) if isinstance(chosen, str) and chosen else STARTER_MODEL
