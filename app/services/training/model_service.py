"""The models of a project: promote, revert, keep and discard, each after a look at the file itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.errors import ProjectError
from app.domain.training_records import ModelComparison, ModelState, RegisteredModel
from app.insight.review_statistics import Share
from app.jobs import Job
from app.services.classifier.classify_service import ClassifyService
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from vimd_core.user_messages import Sentence

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit
    from vimd_core.evaluation.gate import Verdict


@dataclass(frozen=True)
class ListedModel:
    """A model of the registry.

    Attributes:
        problem: why its file can't be used, if that is so.
        accuracy: on labelled captures that it has answered for and not learnt from.
    """

    model: RegisteredModel
    problem: Sentence | None
    accuracy: Share


@dataclass(frozen=True)
class GateReport:
    """A model beside the one that it was to improve, or beside any other; no comparison when nothing was held back.

    Attributes:
        is_pair: whether the user has chosen both.
    """

    model: RegisteredModel
    baseline: RegisteredModel | None
    comparison: ModelComparison | None
    verdict: Verdict | None
    is_pair: bool = False


class ModelService(QObject):
    """Decides about models; another active model is loaded by the child first, and only then written down."""

    models_ready = Signal(object)  # list of ListedModel
    report_ready = Signal(object)  # GateReport
    changed = Signal()  # the registry
    exported = Signal(str)  # file that a model was copied to
    failed = Signal(object)

    def __init__(
        self,
        projects: ProjectService,
        tasks: TaskRunner,
        classify: ClassifyService,
        parent: QObject | None = None,
        *,
        follows_projects: bool = True,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._classify = classify
        if follows_projects:
            classify.wait_for_choice()
            projects.opened.connect(self._on_project_opened)

    def list_models(self) -> None:
        """Read the registry and check each file; ends in `models_ready`."""
        project = self._projects.project
        if project is not None:
            self._tasks.watch(
                self._projects.jobs.submit(Job.LIST_MODELS, _listed, project),
                self.models_ready.emit,
                self.failed.emit,
            )

    def compare(self, model_id: int) -> None:
        """Read how a model did beside the one before; ends in `report_ready`."""
        project = self._projects.project
        if project is not None:
            self._tasks.watch(
                self._projects.jobs.submit(Job.COMPARE_MODELS, _report, project, model_id),
                self.report_ready.emit,
                self.failed.emit,
            )

    def compare_pair(self, first_id: int, second_id: int) -> None:
        """Read how any two models did on captures that neither has learnt from; ends in `report_ready`.

        The older one counts as the one before.
        """
        project = self._projects.project
        if project is not None:
            self._tasks.watch(
                self._projects.jobs.submit(
                    Job.COMPARE_MODELS, _pair_report, project, *sorted((first_id, second_id))
                ),
                self.report_ready.emit,
                self.failed.emit,
            )

    def promote(self, model_id: int) -> None:
        """Make a model the active one; captures are classified anew in the background."""
        self._use(lambda project: _sound(project, model_id))

    def roll_back(self) -> None:
        """Make that model the active one again that was it before."""
        self._use(_previous)

    def decide(self, model_id: int, state: ModelState) -> None:
        """Keep or discard a model; the file of a discarded one is deleted when it lies in the project."""
        project = self._projects.project
        if project is not None:
            self._tasks.watch(
                self._projects.jobs.submit(Job.DECIDE_MODEL, _decide, project, model_id, state),
                lambda _none: self.changed.emit(),
                self.failed.emit,
            )

    def set_notes(self, model_id: int, notes: str) -> None:
        """Keep what the user wants to remember about a model."""
        self._projects.write(
            lambda unit: unit.models.set_notes(model_id, notes),
            lambda _none: self.changed.emit(),
            self.failed.emit,
        )

    def export(self, model: RegisteredModel, target: Path) -> None:
        """Copy a model out of the project."""
        self._tasks.watch(
            self._projects.jobs.submit(Job.EXPORT_MODEL, _export, model, target),
            lambda path: self.exported.emit(str(path)),
            self.failed.emit,
        )

    def _use(self, choose: Callable[[Project], RegisteredModel]) -> None:
        project = self._projects.project
        if project is None:
            return
        self._tasks.watch(
            self._projects.jobs.submit(Job.CHOOSE_MODEL, choose, project),
            lambda model: self._classify.use_model(model.path),
            self.failed.emit,
        )

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        project = self._projects.project
        if project is None or project.is_read_only:
            self._classify.use_for_project(None)
            return

        def choose(found: tuple[Path | None, Sentence | None]) -> None:
            if project is self._projects.project:
                path, problem = found
                if problem:
                    self.failed.emit(problem)
                self._classify.use_for_project(path)

        def give_up(sentence: Sentence | str) -> None:
            self.failed.emit(sentence)
            self._classify.use_for_project(None)

        self._tasks.watch(self._projects.jobs.submit(Job.CHOOSE_MODEL, _last_good, project), choose, give_up)


def _listed(project: Project) -> list[ListedModel]:
    from app.retraining.model_files import problem_of

    def read(unit: Unit) -> list[tuple[RegisteredModel, Share]]:
        return [(model, Share(*unit.answers.right_of(model.id))) for model in unit.models.all()]

    return [ListedModel(model, problem_of(model), share) for model, share in project.read(read).result()]


def _report(project: Project, model_id: int) -> GateReport:
    from vimd_core.evaluation.gate import judge

    model = project.read(lambda unit: unit.models.get(model_id)).result()
    comparison = project.read(lambda unit: unit.runs.comparison_of(model_id)).result()
    parent_id = model.parent_id
    baseline = None if parent_id is None else project.read(lambda unit: unit.models.get(parent_id)).result()
    return GateReport(model, baseline, comparison, None if comparison is None else judge(comparison))


def _pair_report(project: Project, older_id: int, newer_id: int) -> GateReport:
    from vimd_core.evaluation.gate import judge

    older, newer = project.read(lambda unit: (unit.models.get(older_id), unit.models.get(newer_id))).result()
    comparison = project.read(lambda unit: unit.answers.compare(older_id, newer_id)).result()
    if not comparison.answers:
        raise ProjectError(
            "{older} and {newer} have no predictions on the same held-out captures: use each of them "
            "once, then compare them.",
            older=older.name,
            newer=newer.name,
        )
    return GateReport(newer, older, comparison, judge(comparison), is_pair=True)


def _sound(project: Project, model_id: int) -> RegisteredModel:
    from app.retraining.model_files import require_sound

    model = project.read(lambda unit: unit.models.get(model_id)).result()
    require_sound(model)
    return model


def _previous(project: Project) -> RegisteredModel:
    model = project.read(lambda unit: unit.models.previous()).result()
    if model is None:
        raise ProjectError("There is no previous model to revert to.")
    return _sound(project, model.id)


def _last_good(project: Project) -> tuple[Path | None, Sentence | None]:
    """The active model of a project, or the last one before it that can be used, and what is wrong with the former."""
    from app.retraining.model_files import last_good, problem_of

    active = project.read(lambda unit: unit.models.active()).result()
    if active is None:
        return None, None
    problem = problem_of(active)
    # Outside of the project another model may have taken its place, as an update does with the starter model.
    is_ours = active.path.is_relative_to(project.folder)
    if not problem or (not is_ours and active.path.is_file()):
        return active.path, None
    earlier = project.read(lambda unit: unit.models.active_before()).result()
    good = last_good(earlier)
    return (None if good is None else good.path), problem


def _decide(project: Project, model_id: int, state: ModelState) -> None:
    from app.retraining.model_files import FOLDER

    model = project.read(lambda unit: unit.models.get(model_id)).result()
    project.write(lambda unit: unit.models.set_state(model_id, state)).result()
    if state is ModelState.DISCARDED and model.path.parent == project.folder / FOLDER:
        model.path.unlink(missing_ok=True)


def _export(model: RegisteredModel, target: Path) -> Path:
    from app.retraining.model_files import require_sound
    from vimd_core.processes.atomic_files import atomic_write

    require_sound(model)
    try:
        with atomic_write(target) as temporary:
            shutil.copyfile(model.path, temporary)
    except OSError as e:
        raise ProjectError(
            "{target} can't be written ({reason}): choose another folder or free some disk space.",
            target=target,
            reason=e.strerror,
        ) from e
    return target
