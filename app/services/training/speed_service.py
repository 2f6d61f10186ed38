"""Measures how fast this machine trains, with the very captures and model that a training would have."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.jobs import Job
from app.retraining.process import TrainingProcess
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from vimd_core.processes.policies import MEASURING_POLICY
from vimd_core.training.loop.events import TrainingEvent

if TYPE_CHECKING:
    from app.retraining.choice import RetrainRequest

MEASURED_S: Final = 15.0
_LOOK_MS: Final = 400


class SpeedService(QObject):
    """One measurement at a time; it says nothing when it can't be made."""

    measured = Signal(float, float)  # captures a second, and seconds until the first one is learnt from

    def __init__(
        self,
        projects: ProjectService,
        tasks: TaskRunner,
        command: Sequence[str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._command = list(command)
        self._process: TrainingProcess | None = None
        self._rate_per_s = self._started_at = self._start_s = 0.0
        self._is_wanted = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        projects.closing.connect(self.cancel)

    def measure(self, request: RetrainRequest, seconds: float = MEASURED_S) -> None:
        """Train for some seconds; ends in `measured`, or in nothing after `cancel`."""
        project = self._projects.project
        if project is None or self._process is not None or self._is_wanted:
            return
        self._is_wanted = True

        def work() -> Path:
            from app.retraining.write import prepare_measurement

            return prepare_measurement(project, request, seconds)

        self._tasks.watch(
            self._projects.jobs.submit(Job.PREPARE_TRAINING, work),
            self._start,
            lambda _sentence: self.cancel(),
        )

    def cancel(self) -> None:
        """End the measurement soon; what it has found is dropped."""
        self._is_wanted = False
        if self._process is not None:
            self._process.request_stop()

    def shut_down(self) -> None:
        """End the measurement now, and wait for that."""
        self.cancel()
        self._timer.stop()
        if self._process is not None:
            self._process.kill()
            self._process = None

    def _start(self, folder: Path) -> None:
        if not self._is_wanted:
            return
        self._rate_per_s = 0.0
        self._started_at, self._start_s = time.monotonic(), 0.0
        self._process = TrainingProcess(folder, self._command, MEASURING_POLICY)
        self._process.start()
        self._timer.start()

    def _look(self) -> None:
        if self._process is None:
            return
        is_alive = self._process.is_alive
        for event in self._process.new_events():
            if isinstance(event, TrainingEvent):
                self._rate_per_s = event.samples_per_s or self._rate_per_s
            if self._rate_per_s and not self._start_s:
                self._start_s = time.monotonic() - self._started_at
        if is_alive:
            return
        self._timer.stop()
        self._process = None
        if self._is_wanted and self._rate_per_s:
            self._is_wanted = False
            self.measured.emit(self._rate_per_s, self._start_s)
        self._is_wanted = False
