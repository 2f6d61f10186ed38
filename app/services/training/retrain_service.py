"""Trains in the background: one training at a time, in a process that goes on when the window is closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.capture_files.file_check import FileReport
from app.domain.training_records import RunState, TrainingRun
from app.jobs import Job
from app.retraining.curves import TrainingCurves
from app.retraining.process import EventReader, TrainingProcess
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from vimd_core.user_messages import Sentence

if TYPE_CHECKING:
    from app.retraining.choice import RetrainRequest
    from app.storage.project import Project
    from app.storage.unit import Unit

# A training tells where it stands about once a second.
_LOOK_MS: Final = 400
_COUNT_MS: Final = 2000
# So many new labels can be expected to be worth the time of a training.
SUGGESTED_FROM: Final = 100


class RetrainService(QObject):
    """Starts, follows, pauses and ends the trainings of the open project, and takes their models in."""

    stock_ready = Signal(object)  # LearningStock
    stock_failed = Signal(object)
    forecast_ready = Signal(object)  # LabelForecast, or None where there is too little for one
    changed = Signal()  # another run, another state, or another point of the curves
    candidate_ready = Signal(object)  # TrainingRun that has led to a model
    can_go_on = Signal(object)  # TrainingRun that was paused or cut off, when its project is opened
    suggested = Signal(int)  # verified captures since the last training, when they have become many
    suggestion_over = Signal()  # they are not many any more, or a training has begun
    files_found = Signal(object)  # FileReport: what was different about captures that were to be learnt from
    failed = Signal(object)

    def __init__(
        self,
        projects: ProjectService,
        tasks: TaskRunner,
        command: Sequence[str],
        author: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._command = list(command)
        self._author = author
        self._run: TrainingRun | None = None
        self._is_followed = self._is_busy = self._is_given_up = self._is_pausing = False
        self._process: TrainingProcess | None = None
        self._left: list[TrainingProcess] = []
        self.curves = TrainingCurves()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        # Follows bursts of labels once each, when the burst is over.
        self._count_timer = QTimer(self)
        self._count_timer.setSingleShot(True)
        self._count_timer.setInterval(_COUNT_MS)
        self._count_timer.timeout.connect(self._count)
        self._is_suggested = False
        projects.opened.connect(self._on_project_opened)
        projects.closing.connect(self._on_project_closing)

    @property
    def run(self) -> TrainingRun | None:
        """The training that is shown: the one that goes on, or the last one that did."""
        return self._run

    @property
    def is_running(self) -> bool:
        """Whether a process trains, or is about to."""
        return self._is_followed or self._is_busy

    @property
    def is_pausing(self) -> bool:
        """Whether the process was asked to save and end."""
        return self._is_pausing

    def set_author(self, author: str) -> None:
        """Under which name trainings are written down from now on."""
        self._author = author

    def count_soon(self) -> None:
        """Labels have changed: see whether a training is worth suggesting, once while it is."""
        self._count_timer.start()

    def take_stock(self) -> None:
        """See what there is to learn; ends in `stock_ready` or `stock_failed`."""
        project = self._projects.project
        if project is None:
            return

        def work() -> object:
            from app.retraining.training_stock import take_stock

            return take_stock(project)

        self._tasks.watch(
            self._projects.jobs.submit(Job.TAKE_STOCK, work), self.stock_ready.emit, self.stock_failed.emit
        )

    def forecast(self) -> None:
        """See what twice as many labels would bring; ends in `forecast_ready`."""
        project = self._projects.project
        if project is None:
            return

        def work() -> object:
            from app.retraining.forecast import forecast_labels

            return forecast_labels(project)

        self._tasks.watch(self._projects.jobs.submit(Job.FORECAST, work), self.forecast_ready.emit)

    def start(self, request: RetrainRequest) -> None:
        """Freeze what there is to learn, and train on it as soon as no other training goes on."""
        project, author = self._projects.project, self._author
        if project is None:
            return
        self.suggestion_over.emit()

        def check() -> FileReport:
            from app.retraining.training_stock import check_learnable

            return check_learnable(project, request.replay_per_class)

        def work() -> TrainingRun:
            from app.retraining.write import prepare_run

            return prepare_run(project, request, author)

        def prepare(report: FileReport) -> None:
            if project is not self._projects.project:
                return
            if report.all:
                self.files_found.emit(report)
            self._tasks.watch(
                self._projects.jobs.submit(Job.PREPARE_TRAINING, work), self._on_prepared, self.failed.emit
            )

        self._tasks.watch(self._projects.jobs.submit(Job.CHECK_FILES, check), prepare, self.failed.emit)

    def pause(self) -> None:
        """Have the training save and end; `resume` goes on with it."""
        if self.is_running:
            self._is_pausing = True
            self._ask_to_stop()
            self.changed.emit()

    def resume(self) -> None:
        """Go on with the training that is shown."""
        if self._run is not None and self._run.state is RunState.PAUSED and not self.is_running:
            self._begin(self._run)

    def give_up(self) -> None:
        """End the training that is shown for good; nothing becomes of it."""
        if self.is_running:
            self._is_given_up = True
            self.pause()
        elif self._run is not None and self._run.state.is_open:
            self._note_given_up(self._run)

    def _count(self) -> None:
        def suggest(fresh: int) -> None:
            if fresh < SUGGESTED_FROM:
                self._is_suggested = False
                self.suggestion_over.emit()
            elif not self._is_suggested and not self.is_running:
                self._is_suggested = True
                self.suggested.emit(fresh)

        self._projects.read(lambda unit: unit.revisions.fresh_count(), suggest, self.failed.emit)

    def _ask_to_stop(self) -> None:
        if self._is_followed and self._process is not None:
            self._process.request_stop()

    def _on_prepared(self, run: TrainingRun) -> None:
        if self.is_running:
            self.changed.emit()  # it waits in the queue
        else:
            self._begin(run)

    def _begin(self, run: TrainingRun) -> None:
        project = self._projects.project
        if project is None:
            return
        self._show(run)
        self._is_busy = True
        self._is_given_up = self._is_pausing = False

        process = TrainingProcess(project.folder / run.folder, self._command)

        def work() -> TrainingRun:
            from app.retraining.run import begin

            begin(project, run, process)
            return project.read(lambda unit: unit.runs.get(run.id)).result()

        self._tasks.watch(
            self._projects.jobs.submit(Job.BEGIN_TRAINING, work),
            lambda begun: self._follow(project, begun, process),
            self._on_failed,
        )
        self.changed.emit()

    def _follow(self, project: Project, run: TrainingRun, process: TrainingProcess) -> None:
        self._is_busy = False
        if project is not self._projects.project:  # it was closed meanwhile: the process goes on alone
            self._left.append(process)
            return
        self._run, self._process = run, process
        self.curves = TrainingCurves()
        self._is_followed = True
        self._timer.start()
        if self._is_pausing:  # asked for while the process was being started
            self._ask_to_stop()
        self._look()

    def _look(self) -> None:
        if self._process is None or not self._is_followed:
            return
        is_alive = self._process.is_alive
        for event in self._process.new_events():
            self.curves.add(event)
        self.changed.emit()
        if not is_alive:
            self._collect()

    def _collect(self) -> None:
        project, run = self._projects.project, self._run
        self._timer.stop()
        self._is_followed = False
        self._process = None
        if project is None or run is None:
            return
        self._is_busy = True

        def work() -> TrainingRun:
            from app.retraining.collect import collect_run

            return collect_run(project, run.id)

        self._tasks.watch(
            self._projects.jobs.submit(Job.COLLECT_TRAINING, work),
            lambda run: self._on_collected(project, run),
            self._on_failed,
        )

    def _on_collected(self, project: Project, run: TrainingRun) -> None:
        self._is_busy = self._is_pausing = False
        if project is not self._projects.project:
            return
        self._run = run
        if run.state is RunState.FINISHED:
            self.candidate_ready.emit(run)
        elif run.state is RunState.FAILED:
            self.failed.emit(run.problem)
        elif self._is_given_up:
            self._note_given_up(run)
            return
        elif run.problem:
            self.can_go_on.emit(run)
        self.changed.emit()
        if run.state is not RunState.PAUSED:
            self._start_next()

    def _note_given_up(self, run: TrainingRun) -> None:
        from app.storage.database.statements import now_ms

        def work(unit: Unit) -> TrainingRun:
            unit.runs.note(run.id, state=RunState.STOPPED, problem=None, ended_ms=now_ms())
            return unit.runs.get(run.id)

        def show(ended: TrainingRun) -> None:
            self._run = ended
            self._is_given_up = False
            self.changed.emit()
            self._start_next()

        self._projects.write(work, show, self.failed.emit)

    def _start_next(self) -> None:
        """The oldest training that waits."""

        def begin_first(runs: list[TrainingRun]) -> None:
            queued = [run for run in runs if run.state is RunState.QUEUED]
            if queued and not self.is_running:
                self._begin(queued[0])

        self._projects.read(lambda unit: unit.runs.open(), begin_first, self.failed.emit)

    def _show(self, run: TrainingRun) -> None:
        if self._run is None or self._run.id != run.id:
            self.curves = TrainingCurves()
        self._run = run

    def _on_failed(self, sentence: Sentence | str) -> None:
        self._is_busy = self._is_followed = self._is_pausing = False
        self._timer.stop()
        self.failed.emit(sentence)
        self.changed.emit()

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        self._left = [process for process in self._left if process.is_alive]
        if not self._projects.is_read_only:
            self._projects.read(lambda unit: unit.runs.all(), self._find_again, self.failed.emit)

    def _find_again(self, runs: list[TrainingRun]) -> None:
        """Go on with what was left when this project was open the last time."""
        project = self._projects.project
        if project is None or self.is_running:
            return
        for run in runs:
            if run.state is RunState.RUNNING:
                self._show(run)
                process = TrainingProcess(project.folder / run.folder, self._command)
                if process.is_alive:
                    self._follow(project, run, process)
                else:
                    self._collect()
                return
        paused = [run for run in runs if run.state is RunState.PAUSED]
        ended = [run for run in runs if not run.state.is_open]
        if shown := paused[:1] or ended[-1:]:
            self._show(shown[0])
            for event in EventReader(project.folder / shown[0].folder).new_events():
                self.curves.add(event)
            self.changed.emit()
        if paused:
            self.can_go_on.emit(paused[0])
        else:
            self._start_next()

    def _on_project_closing(self) -> None:
        self._timer.stop()
        self._count_timer.stop()
        self._is_suggested = False
        if self._process is not None:
            self._left.append(self._process)
        self._run = self._process = None
        self._is_followed = self._is_busy = self._is_pausing = self._is_given_up = False
        self.curves = TrainingCurves()
        self.changed.emit()
