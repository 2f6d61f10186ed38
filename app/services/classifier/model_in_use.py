"""Loads models into the child, and writes down which one the open project is shown with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.records import ModelRecord
from app.jobs import Job
from app.services.classifier.worker_client import WorkerClient
from app.services.project_service import ProjectService
from vimd_core.user_messages import Sentence
from vimd_core.worker.messages import Answer, LoadModel, ModelLoaded, reason_of

if TYPE_CHECKING:
    from app.storage.unit import Unit


@dataclass(frozen=True)
class _LoadedModel:
    sha256: str
    name: str
    path: Path
    classes: tuple[str, ...]
    settings: dict[str, Any]


class ModelInUse(QObject):
    """The model that the child has, or is to have, and its record in the open project.

    A model is loaded first and only then written down; one that can't be loaded gives way to the one before.
    """

    loaded = Signal(str, object)  # name, the child's sentence about its device
    load_failed = Signal(object)
    activated = Signal(bool, bool)  # whether another model is in use now, and whether it was recalibrated
    activation_failed = Signal(object)
    recalibrated = Signal(str)  # its predictions of before do not count any more

    def __init__(
        self, projects: ProjectService, worker: WorkerClient, path: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._worker = worker
        self._path = path
        self._device = "auto"
        self._device_notice: Sentence | None = None
        self._last_good_path: Path | None = None
        self._loaded: _LoadedModel | None = None
        self._record: ModelRecord | None = None
        self._activating: _LoadedModel | None = None  # is being written down in the project
        self._waits_for_choice = self._is_choosing = False
        worker.ready.connect(self._on_worker_ready)
        worker.stopped.connect(self._on_worker_stopped)
        projects.opened.connect(self._on_project_opened)
        projects.closing.connect(self._on_project_closing)

    @property
    def path(self) -> Path:
        """The model file in use, or wanted."""
        return self._path

    @property
    def device_notice(self) -> Sentence | None:
        """The child's sentence about where it computes; None while it has no model."""
        return self._device_notice if self._loaded is not None else None

    @property
    def is_loaded(self) -> bool:
        """Whether the child has a model."""
        return self._loaded is not None

    @property
    def class_names(self) -> tuple[str, ...]:
        """Classes of the loaded model, in the order of its outputs."""
        return self._loaded.classes if self._loaded is not None else ()

    @property
    def record(self) -> ModelRecord | None:
        """The model whose predictions the open project shows."""
        return self._record

    def use(self, path: Path) -> None:
        """Load another model; when it can't be loaded, the one before is loaded again."""
        self._last_good_path = self._path if self._loaded is not None else None
        self._path = path
        self._loaded = None
        self._record = None
        if self._worker.is_up:
            self._load()
        else:
            self._worker.start()

    def wait_for_choice(self) -> None:
        """From now on, ask with no model in a project that was opened before `use_for_project` has come."""
        self._waits_for_choice = True

    def choose(self) -> None:
        """The project's model was chosen: the one in use is it, unless another is loaded next."""
        self._is_choosing = False

    def set_device(self, device: str) -> bool:
        """Say where to compute.

        Returns:
            Whether a model is loaded that computes elsewhere.
        """
        is_other, self._device = device != self._device, device
        return is_other and self._loaded is not None

    def activate(self) -> None:
        """Write down in the open project that the loaded model is in use."""
        loaded = self._loaded
        if loaded is None or loaded is self._activating or self._is_choosing or self._projects.is_read_only:
            return

        def activate(unit: Unit) -> tuple[ModelRecord, bool]:
            model = unit.models.activate_file(loaded.sha256, loaded.name, loaded.path, loaded.classes)
            return model, unit.models.note_settings(model.id, loaded.settings)

        # Behind the predictions of the model before, which would be shown as this one's.
        task = self._projects.write(
            activate, self._on_activated, self._on_activation_failed, Job.STORE_PREDICTIONS
        )
        self._activating = loaded if task is not None else None

    def _load(self) -> None:
        if not self._path.is_file():
            self._fail(
                self.tr(
                    "The model {0} is missing: you can label captures, but not classify them. Choose "
                    "another with Model > Choose model."
                ).format(self._path)
            )
            return
        self._worker.send(
            LoadModel(self._path, self._device),
            on_answer=self._on_answer,
            on_crash=lambda _last_words: None,
        )

    def _on_answer(self, answer: Answer) -> None:
        if not isinstance(answer, ModelLoaded):
            self._fail(reason_of(answer))
            return
        self._last_good_path = None
        self._loaded = _LoadedModel(answer.model_id, answer.name, self._path, answer.classes, answer.settings)
        self._device_notice = answer.notice
        self.loaded.emit(self._loaded.name, self._device_notice)
        self.activate()

    def _fail(self, sentence: Sentence | str) -> None:
        self.load_failed.emit(sentence)
        if self._device != "auto":  # the device may be what was wrong
            self._device = "auto"
            self._load()
            return
        path, self._last_good_path = self._last_good_path, None
        if path is not None:
            self._path = path
            self._load()

    def _on_worker_ready(self, _device_notice: Sentence) -> None:
        self._load()

    def _on_worker_stopped(self) -> None:
        self._loaded = None

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        self._is_choosing = self._waits_for_choice
        self.activate()

    def _on_project_closing(self) -> None:
        self._record = None
        self._activating = None

    def _on_activation_failed(self, sentence: Sentence | str) -> None:
        self._activating = None
        self.activation_failed.emit(sentence)

    def _on_activated(self, activated: tuple[ModelRecord, bool]) -> None:
        model, has_other_settings = activated
        self._activating = None
        if has_other_settings:
            self.recalibrated.emit(
                self.tr(
                    "The model {0} was recalibrated: captures are being classified again to update "
                    "their confidence."
                ).format(model.name)
            )
        is_other = self._record is None or self._record.id != model.id
        self._record = model
        self.activated.emit(is_other, has_other_settings)
