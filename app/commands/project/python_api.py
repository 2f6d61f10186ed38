"""Projects for Python: what `vimd_core.open_project` opens (plug-in of the public API), without Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.missing_parts import PROJECTS, naming_missing_parts
from app.commands.project.exporting import check_target, form_of, query_of
from app.commands.project.listing import captures_of
from app.commands.project.making import make_project
from app.commands.project.models import require_model
from app.commands.project.opening import author as author_of
from app.commands.project.opening import open_existing
from app.commands.project.retrain import unfinished_run
from vimd_core.api.comparison import Comparison
from vimd_core.api.project_records import (
    AddedFiles,
    EffortName,
    ExportForm,
    LabelChoice,
    OnEvent,
    OnProgress,
    ProjectCapture,
    ProjectModel,
    ProjectSuggestion,
    RetrainedModel,
    WhichCaptures,
    WrittenLabels,
)
from vimd_core.checkpoints.bundled_model import starter_model_path
from vimd_core.checkpoints.find_model import find_model
from vimd_core.errors import CancelledError
from vimd_core.processes.child_process import child_command

if TYPE_CHECKING:
    from app.domain.progress import JobProgress
    from app.domain.records import AddedCaptures
    from app.domain.training_records import RegisteredModel
    from app.exchange.import_run import ImportRun
    from app.exchange.label_plan import LabelPlan
    from app.storage.project import Project


def open_project(folder: Path, *, create: bool, model: Path | None) -> StoredProject:
    """Open a project for `vimd_core.open_project`; see there."""
    with naming_missing_parts(PROJECTS):
        if create and not folder.exists():
            make_project(folder, starter_model_path() if model is None else find_model(model))
        return StoredProject(open_existing(folder))


class StoredProject:
    """An open project; `vimd_core.api.projects.Project` says what each method does."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self._project.folder

    def close(self) -> None:
        """Finish all writes and let others open it."""
        self._project.close()

    def classes(self) -> tuple[str, ...]:
        """Names of its classes."""
        return tuple(self._project.read(lambda unit: [one.name for one in unit.catalogue.classes()]).result())

    def captures(self, which: WhichCaptures) -> Iterator[ProjectCapture]:
        """Captures with labels and predictions."""
        for row in captures_of(self._project, query_of(which)):
            yield ProjectCapture(
                row.path,
                row.width_px or 0,
                row.height_px or 0,
                row.state.name.lower(),
                row.label,
                row.labelled_by,
                row.predicted,
                row.probability,
                str(row.problem or ""),
            )

    def suggestions(self, on_progress: OnProgress) -> Sequence[ProjectSuggestion]:
        """What the labels suggest for all captures."""
        from app.suggestions.suggestion_run import suggest_for

        return suggest_for(self._project, child_command(), on_progress)

    def add(self, paths: Sequence[Path], on_progress: OnProgress) -> AddedFiles:
        """Add captures."""
        from app.exchange.import_run import ImportRun

        def on_chunk(_run: ImportRun, _added: AddedCaptures, told: JobProgress) -> None:
            on_progress(told.done, told.total or told.done)

        report = ImportRun(self._project, list(paths), child_command("index"), on_chunk).run()
        return AddedFiles(
            report.added,
            report.unreadable,
            report.known,
            report.num_duplicates,
            report.others.total(),
            tuple(map(str, report.left_out)),
        )

    def label(self, labels: Mapping[Path, str], choice: LabelChoice, author: str) -> WrittenLabels:
        """Give captures classes."""
        from app.exchange.path_labels import plan_of_paths

        marks = self._project.read(lambda unit: unit.label_import.marks()).result()
        return self._take(plan_of_paths(marks, labels), choice, author)

    def label_by_table(self, table: Path, choice: LabelChoice, author: str) -> WrittenLabels:
        """Give captures the classes that a table says."""
        from app.exchange.label_import import draft_from_table

        return self._take(draft_from_table(self._project, table).plan(), choice, author)

    def _take(self, plan: LabelPlan, choice: LabelChoice, author: str) -> WrittenLabels:
        from app.exchange.label_import import take_labels
        from app.exchange.label_plan import ImportChoice

        chosen = plan.chosen(ImportChoice(choice))
        written = 0
        if chosen or plan.groups:
            taken = take_labels(self._project, plan, ImportChoice(choice), author_of(author))
            written = len(taken.capture_ids)
        kept = len(plan.different) - (len(chosen) - len(plan.new))
        left_out = tuple((one.name, str(one.why)) for one in plan.left_out)
        return WrittenLabels(written, plan.equal, kept, left_out)

    def export(self, target: Path, form: ExportForm | None, which: WhichCaptures, overwrite: bool) -> int:
        """Write captures out; how many."""
        from app.exchange.export_run import ExportRequest, export_captures

        check_target(target, overwrite=overwrite)
        request = ExportRequest(form_of(target, form), query_of(which), target)
        return export_captures(self._project, request, threading.Event(), lambda _progress: None).count

    def models(self) -> tuple[ProjectModel, ...]:
        """Its models, by number."""
        models = self._project.read(lambda unit: unit.models.all()).result()
        return tuple(sorted(map(_model, models), key=lambda one: one.number))

    def promote(self, number: int) -> None:
        """Make a model the active one."""
        model = require_model(self._project, number)
        self._project.write(lambda unit: unit.models.activate(model.id)).result()

    def retrain(
        self,
        *,
        effort: EffortName,
        device: str,
        threads: int,
        replay_per_class: int,
        use_near_views: bool,
        name: str,
        settings: Mapping[str, Any],
        on_event: OnEvent,
        should_stop: Callable[[], bool],
    ) -> RetrainedModel:
        """Make a better model of its labels, or resume a training that was stopped."""
        from app.domain.training_records import RunState
        from app.retraining.choice import RetrainRequest
        from app.retraining.look_alikes import group_by_look
        from app.retraining.run import failure_of, run_to_end
        from app.retraining.training_stock import check_learnable
        from app.retraining.write import prepare_run
        from vimd_core.evaluation.gate import judge
        from vimd_core.training.retraining.effort import Effort

        project = self._project
        run = unfinished_run(project, give_up=False)
        if run is None:
            check_learnable(project)
            request = RetrainRequest(
                effort=Effort(effort),
                replay_per_class=max(0, replay_per_class),
                use_near_views=use_near_views,
                device=device,
                threads=max(0, threads),
                changes=settings,
                name=name,
            )
            group_by_look(project, child_command(), should_stop=should_stop)
            run = prepare_run(project, request, author_of())
        run = run_to_end(
            project,
            run,
            child_command(),
            on_event=lambda event: on_event(event.to_mapping()),
            should_stop=should_stop,
        )
        if run.state is RunState.PAUSED:
            raise CancelledError("The training was stopped. Its progress is saved and it can be resumed.")
        model_id = run.result_model_id
        if run.state is not RunState.FINISHED or model_id is None:
            raise failure_of(run)
        model = project.read(lambda unit: unit.models.get(model_id)).result()
        compared = project.read(lambda unit: unit.runs.comparison_of(model_id)).result()
        names = project.read(lambda unit: {one.id: one.name for one in unit.catalogue.classes()}).result()
        return RetrainedModel(
            _model(model), None if compared is None else Comparison.of(judge(compared), names)
        )


def _model(model: RegisteredModel) -> ProjectModel:
    return ProjectModel(model.id, model.name, model.path, model.is_active, model.class_names)
