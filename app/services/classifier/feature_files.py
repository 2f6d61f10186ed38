"""Where the features of the open project's captures are kept: one file of each of the two frozen networks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.insight.embedding_files import embedding_file
from app.services.classifier.classify_service import ClassifyService
from app.services.project_service import ProjectService
from vimd_core.embeddings.feature_ids import companion_features_id, own_features_id

if TYPE_CHECKING:
    from app.storage.unit import Unit


class FeatureFiles(QObject):
    """Follows the open project and its models."""

    changed = Signal()  # there are more of them on disk

    def __init__(
        self, projects: ProjectService, classify: ClassifyService, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._files: tuple[Path, Path] | None = None
        projects.opened.connect(lambda _name, _folder: self._read())
        projects.closing.connect(self._on_project_closing)
        classify.answers_replaced.connect(self._read)
        classify.finished.connect(lambda _count: self._read())

    @property
    def files(self) -> tuple[Path, Path | None] | None:
        """The files of the project's own network and of the companion, once anything is in them."""
        return self._files

    @property
    def is_running(self) -> bool:
        """Whether more are being computed."""
        return False

    def _read(self) -> None:
        project = self._projects.project
        if project is None:
            return
        folder = project.folder

        def work(unit: Unit) -> tuple[Path, Path] | None:
            own = _first_model(unit)
            if own is None:
                return None
            ids = (own_features_id(own), companion_features_id())
            first, second = (embedding_file(folder, one) for one in ids)
            return (first, second) if first.is_file() and second.is_file() else None

        self._projects.read(work, self._on_files)

    def _on_files(self, files: tuple[Path, Path] | None) -> None:
        self._files = files
        if files is not None:
            self.changed.emit()

    def _on_project_closing(self) -> None:
        self._files = None


def _first_model(unit: Unit) -> str | None:
    """Identity of the model that the active one was first made from: it has learnt from no label of the project."""
    model = unit.models.active()
    while model is not None and model.parent_id is not None:
        model = unit.models.get(model.parent_id)
    return None if model is None else model.sha256
