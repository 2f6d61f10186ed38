"""The run loop of every training: steps, validations, events, checkpoints, and stopping in between.

All that happens in a step follows from the seed, the step's number and the weights before it. A run that was stopped
or killed therefore ends with the very weights of one that was not (on a CPU, with as many threads).
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic

import torch
from torch import Tensor

from vimd_core.training.batches.batch import AnyBatch
from vimd_core.training.batches.prefetch import Prefetcher
from vimd_core.training.loop.checkpoints import RunCheckpoints, SavedParts
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.events import AnyEvent, EpochEvent
from vimd_core.training.loop.reporting import Reporter, already_ended
from vimd_core.training.loop.step import NotFiniteError, Stepper, memory_shortage_said, not_a_number
from vimd_core.training.loop.stopping import StepAbortedError, TrainingStoppedError, checked_inside_steps
from vimd_core.training.loop.task import Figures, TrainingTask
from vimd_core.training.loop.trainer_state import TrainerState
from vimd_core.training.optimisation.weight_averaging import ExponentialMovingAverage
from vimd_core.training.runs.folder import RunFolder
from vimd_core.user_messages import Sentence, plural, sentence


@dataclass(frozen=True)
class TrainingResult:
    """What a training leaves.

    Attributes:
        weights: the averaged weights of the best epoch, by the model's own key names, on the CPU.
        best_score: of their validation (see `task.Figures`); None when nothing was held back.
        epochs: how many were run.
        seconds: how long it took, all resumed parts together.
    """

    weights: dict[str, Tensor]
    best_score: float | None
    epochs: int
    seconds: float


class Trainer(Generic[AnyBatch]):
    """One training run.

    Args:
        task: model, losses, batches and all else in which trainings differ.
        run: folder of log and checkpoints; only the first of several processes writes to it.
        place: device and processes.
        notices: what is told at the start of a new run.
        on_start: is called once before the first step, when it is sure that the run may begin or go on.
    """

    def __init__(
        self,
        task: TrainingTask[AnyBatch],
        run: RunFolder,
        place: ComputePlace | None = None,
        *,
        notices: Sequence[Sentence] = (),
        on_start: Callable[[], object] = lambda: None,
    ) -> None:
        place = place or ComputePlace()
        self._task = task
        self._model = task.objective.model
        self._length = task.length
        self._run = run
        self._place = place
        self._notices = notices
        self._on_start = on_start
        self._stepper = Stepper(task, place)
        self._average = ExponentialMovingAverage(self._model, task.ema_decay)
        self._state = TrainerState(best_weights=self._copy_average())
        self._reporter = Reporter(
            steps=task.length.steps,
            epochs=task.length.epochs,
            batch_size=task.batch_size,
            learning_rate=lambda: self._stepper.learning_rate,
            limit_s=task.length.seconds,
        )
        self._checkpoints = RunCheckpoints(
            run,
            SavedParts(
                self._model,
                task.optimizer,
                task.precision.scaler,
                self._average,
                self._reporter.sums,
            ),
            {
                "config": dict(task.config),
                "data": task.data,
                "origin": dict(place.origin),
                "origin_before": dict(place.origin_before),
            },
            place.processes,
            minutes=place.checkpoint_minutes,
        )
        self._should_stop: Callable[[], bool] = lambda: False

    def run(
        self,
        on_event: Callable[[AnyEvent], None],
        *,
        resume: bool = False,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> TrainingResult:
        """Train to the end.

        Args:
            on_event: gets an event about every second and one an epoch, in this thread.
            resume: go on from the run's last checkpoint when there is one.
            should_stop: is asked often, in this thread; must be quick.

        Raises:
            TrainingStoppedError: `should_stop` said so; the state is saved.
            CheckpointError: the checkpoint does not belong to this run, nothing can be written, or the loss is no
                longer a number.
            DeviceError: there is not enough memory.
        """
        if self._place.is_first:
            self._reporter.tell(on_event)
        self._should_stop = should_stop
        self._open(resume=resume)
        try:
            with checked_inside_steps(self._model, self._check):
                self._loop_until_stopped()
        except NotFiniteError:
            raise not_a_number(sentence("in epoch {epoch}", epoch=self._epoch + 1)) from None
        state = self._state
        best = None if self._task.validation is None else state.best
        return TrainingResult(state.best_weights, best, state.epochs_closed, state.seconds)

    @property
    def _epoch(self) -> int:
        return self._state.epochs_closed

    def _loop_until_stopped(self) -> None:
        lesson, length = self._task.second_lesson, self._length
        try:
            if lesson is not None and self._epoch < lesson.epoch:
                # Batches are drawn ahead, but none beyond the point at which they change.
                self._learn(until_step=min(length.steps, lesson.epoch * length.steps_per_epoch))
            if lesson is not None and not self._state.ended:
                with self._averaged_weights():
                    lesson.begin()
            self._learn(until_step=length.steps)
        except StepAbortedError:
            state = self._state
            self._read_losses()
            self._checkpoints.save(state)
            raise TrainingStoppedError(
                "Stopped after step {step} of {total_steps} (epoch {epoch} of {epochs}) and saved in "
                "{run}: run the same command with --resume to continue.",
                step=state.step,
                total_steps=self._length.steps,
                epoch=self._epoch + 1,
                epochs=self._length.epochs,
                run=self._run.path,
            ) from None

    def _learn(self, *, until_step: int) -> None:
        draw, first = self._task.batches.draw, self._state.step
        with Prefetcher(draw, first, until_step) as batches:
            self._loop(iter(batches), until_step)

    def _loop(self, batches: Iterator[AnyBatch], until_step: int) -> None:
        state, length = self._state, self._length
        entered = -1
        while not state.ended:
            is_closed = state.step == self._epoch * length.steps_per_epoch
            if is_closed and state.step == until_step < length.steps:
                return
            if entered != self._epoch:
                self._enter_epoch(is_first=entered == -1)
                entered = self._epoch
            time_share = self._time_share()
            epoch_end = min(length.steps, (self._epoch + 1) * length.steps_per_epoch)
            if state.step >= epoch_end or time_share >= 1.0:
                self._close_epoch(out_of_time=time_share >= 1.0)
                continue
            self._one_step(batches, time_share)
            if self._checkpoints.is_due:
                self._read_losses()
                self._checkpoints.save(state)

    def _enter_epoch(self, *, is_first: bool) -> None:
        """Thaw and freeze; the first time in this process, whichever epoch it is, nothing is joined yet."""
        self._task.freezing.enter(self._epoch)
        if is_first or self._task.freezing.changes_at(self._epoch):
            self._stepper.join()

    def _time_share(self) -> float:
        """Part of a limited time that is over, the same in all processes; 0 without a limit."""
        if not self._length.minutes:
            return 0.0
        self._checkpoints.count_seconds(self._state)
        seconds: float = self._place.processes.share(self._state.seconds)
        return min(1.0, seconds / self._length.seconds)

    def _one_step(self, batches: Iterator[AnyBatch], time_share: float) -> None:
        if self._place.processes.count > 1 and self._place.processes.any(self._should_stop()):
            raise StepAbortedError
        self._check()
        start = time.monotonic()
        batch = next(batches)
        waited = time.monotonic() - start
        self._reporter.sums.add(self._stepper.run(self._state.step, batch, time_share=time_share))
        if self._place.device.type == "cpu":
            self._read_losses()
        self._average.update(self._model)
        self._state.step += 1
        self._reporter.pace.add_step(time.monotonic() - start, waited)

    def _close_epoch(self, *, out_of_time: bool) -> None:
        """Validate, keep the best, log and save. Stopped in the middle, it is done again from its beginning."""
        self._read_losses()
        state, reporter, patience = self._state, self._reporter, self._task.patience
        figures = self._validate()
        state.epochs_closed += 1
        best = self._keep_if_best(figures)
        tired = bool(patience) and state.epochs_closed - state.best_epoch >= patience
        is_last = state.step == self._length.steps
        state.ended = tired or out_of_time or is_last
        self._checkpoints.count_seconds(state)
        standing = reporter.standing(state, self._epoch_losses())
        event = (
            EpochEvent(**standing, best=best, seconds=state.seconds)
            if figures is None
            else figures.event(standing, best=best, seconds=state.seconds)
        )
        if self._place.is_first:
            # Before the checkpoint, which cuts off what comes after it when the run is resumed.
            self._run.log(event.to_mapping())
        self._checkpoints.save(state)
        reporter.epoch(event)
        if tired and not is_last:
            reporter.notice(
                sentence(
                    plural(
                        patience,
                        "Stopped after epoch {epoch}: no improvement in validation for {patience} epoch.",
                        "Stopped after epoch {epoch}: no improvement in validation for {patience} epochs.",
                    ),
                    epoch=state.epochs_closed,
                    patience=patience,
                ),
                state,
            )
        elif out_of_time and not is_last:
            reporter.notice(
                sentence(
                    "Stopped after step {step} of {steps}: the time limit of {minutes:g} minutes is reached.",
                    step=state.step,
                    steps=self._length.steps,
                    minutes=self._length.minutes,
                ),
                state,
            )

    def _keep_if_best(self, figures: Figures | None) -> bool:
        """Keep the averaged weights if they are the best so far: of equally good epochs the later one has seen more."""
        state, score = self._state, -math.inf if figures is None else figures.score
        if math.isnan(score):
            raise NotFiniteError
        if score < state.best:
            return False
        state.best_weights = self._copy_average()
        if score > state.best:
            state.best, state.best_epoch = score, state.epochs_closed
        return True

    def _epoch_losses(self) -> dict[str, float]:
        """Means over the epoch and over all processes; the next epoch starts at 0."""
        means = self._reporter.sums.epoch_means()
        names = sorted(means)
        values = torch.tensor([means[name] for name in names], device=self._place.device)
        self._reporter.sums.start_epoch()
        return dict(zip(names, self._place.processes.mean(values).tolist(), strict=True))

    def _validate(self) -> Figures | None:
        """Figures of the averaged weights."""
        if self._task.validation is None:
            return None
        start = time.monotonic()
        self._reporter.activity = "validating"
        try:
            with self._averaged_weights(), memory_shortage_said():
                return self._task.validation.measure(self._check)
        finally:
            self._reporter.activity = "training"
            self._reporter.pace.add_validation(time.monotonic() - start)

    @contextlib.contextmanager
    def _averaged_weights(self) -> Iterator[None]:
        """While the block runs, the model has its averaged weights."""
        trained = {name: value.clone() for name, value in self._model.state_dict().items()}
        self._model.load_state_dict(self._average.state_dict())
        try:
            yield
        finally:
            self._model.load_state_dict(trained)

    def _check(self) -> None:
        """Is called many times a second: says where the training stands, and aborts a step to stop."""
        # Of several processes none may leave a step alone: the others would wait for its gradients.
        if self._place.processes.count == 1 and self._should_stop():
            raise StepAbortedError
        if self._reporter.is_due:
            self._read_losses()
            self._reporter.progress(self._state)

    def _read_losses(self) -> None:
        if not self._reporter.sums.read():
            raise NotFiniteError
        self._task.precision.require_sound_scale()

    def _open(self, *, resume: bool) -> None:
        """Go on from the last checkpoint, or begin."""
        state = self._checkpoints.open(resume=resume)
        if state is None:
            for notice in self._notices:
                self._reporter.notice(notice, self._state)
        else:
            self._state = state
            if state.ended:
                said = already_ended(state.step, self._length.steps)
            else:
                said = sentence(
                    "Resumed after step {step} of {steps} (epoch {epoch} of {epochs}).",
                    step=state.step,
                    steps=self._length.steps,
                    epoch=self._epoch + 1,
                    epochs=self._length.epochs,
                )
            self._reporter.notice(said, state)
        if self._place.is_first:
            self._on_start()

    def _copy_average(self) -> dict[str, Tensor]:
        # Copied once, also where the average is on the CPU already.
        return {
            name: value.detach().to("cpu", copy=True) for name, value in self._average.state_dict().items()
        }
