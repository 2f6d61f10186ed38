"""The one place that makes the program's objects and gives them each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QApplication

import resources
from app.garbage import GarbageCollection
from app.item_models.capture_list_model import CaptureListModel
from app.item_models.class_list_model import ClassListModel
from app.item_models.source_list_model import SourceListModel
from app.services.classify_service import ClassifyService
from app.services.export_service import ExportService
from app.services.image_service import ImageService
from app.services.import_service import ImportService
from app.services.insight_service import InsightService
from app.services.inspect_service import InspectService
from app.services.label_service import LabelService
from app.services.live_service import LiveService
from app.services.model_service import ModelService
from app.services.preferences import Preferences
from app.services.project_service import ProjectService
from app.services.relink_service import RelinkService
from app.services.retrain_service import RetrainService
from app.services.sighting_judge import SightingJudge
from app.services.speed_service import SpeedService
from app.services.statistics_service import StatisticsService
from app.services.stream_service import StreamService
from app.services.tasks import TaskRunner
from app.services.worker_client import WorkerClient, WorkerLimits
from app.storage.locations import data_folder, default_project_folder, settings_file
from app.storage.peek import has_captures
from app.views.collaborators import Places, Services
from app.views.main_window import MainWindow
from app.views.theme import Theme, application_icon
from app.views.translation import chosen_language, install_translation, remove_translation
from vimd_core.child_process import child_command

_RESOURCES: Final = Path(resources.__file__).parent
STARTER_MODEL: Final = _RESOURCES / "models" / "traffic-signs-compact.safetensors"
SAMPLES: Final = _RESOURCES / "samples" / "captures"


@dataclass(frozen=True)
class Options:
    """What the command line asks for; None is what the user chose last, or the default."""

    paths: tuple[Path, ...] = ()
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
        worker_limits: WorkerLimits | None = None,
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
        worker = WorkerClient(worker_command or child_command(), worker_limits, self)
        classify = ClassifyService(projects, worker, _model_path(options, self._settings), self)
        classify.set_computing(values.device, values.batch_size)
        streams = StreamService(projects, tasks, SightingJudge(worker, classify, self), parent=self)
        labels = LabelService(projects, tasks, values.author, self)
        self.services = Services(
            tasks=tasks,
            projects=projects,
            worker=worker,
            classify=classify,
            imports=ImportService(projects, tasks, child_command("index"), self),
            labels=labels,
            exports=ExportService(projects, tasks, self),
            inspect=InspectService(projects, worker, self.images, classify, self),
            insight=InsightService(projects, worker, classify, self),
            statistics=StatisticsService(projects, labels, classify, self),
            relink=RelinkService(projects, tasks, self),
            # A model on the command line is for whatever project is opened.
            models=ModelService(projects, tasks, classify, self, follows_projects=options.model is None),
            retrain=RetrainService(projects, tasks, child_command(), values.author, self),
            speed=SpeedService(projects, tasks, child_command(), self),
            streams=streams,
            live=LiveService(streams, worker, classify, self),
        )
        self._garbage = GarbageCollection(self)
        self.captures = CaptureListModel(projects, self.images, self)
        self.classes = ClassListModel(projects, self)
        self.sources = SourceListModel(projects, self)
        classify.classes_changed.connect(self.classes.reload)
        self.services.labels.classes_changed.connect(self.classes.reload)
        self.window = MainWindow(
            self.services,
            self.captures,
            self.classes,
            self.sources,
            self.theme,
            self._settings,
            self.preferences,
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
                self.tr("Settings can't be saved, since {0} can't be written to.").format(folder)
            )
        # The child's first second is all processor time; the user waits for the captures, not for the child.
        projects.opened.connect(worker.start)
        projects.open_failed.connect(worker.start)
        projects.open(self._project_folder())
        self.window.files.add(list(self._options.paths))

    def shut_down(self) -> None:
        """Stop jobs, finish writing and end every thread and process of ours."""
        self.services.worker.ask_to_stop()  # its end takes a while, in which the project is closed
        self.services.speed.shut_down()
        self.services.projects.shut_down()
        self.services.worker.stop()
        self.images.shut_down()
        self._garbage.stop()
        self._settings.sync()
        remove_translation(self._application, self._translators)

    def _project_folder(self) -> Path:
        return self._options.project or default_project_folder()


def _model_path(options: Options, settings: QSettings) -> Path:
    if options.model is not None:
        return options.model
    chosen = settings.value("model/path")
    return Path(chosen) if isinstance(chosen, str) and chosen else STARTER_MODEL
