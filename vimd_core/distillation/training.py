"""The training loop of teacher and student: steps, validations, events, checkpoints, and stopping in between.

All that happens in a step follows from the seed, the step's number and the weights before it. A run that was stopped
or killed therefore ends with the very weights of one that was not (on a CPU, with as many threads).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import torch
from torch import Tensor

from vimd_core.distillation.batch import Batch
from vimd_core.distillation.batches import BatchSource
from vimd_core.distillation.captures import CaptureSet
from vimd_core.distillation.events import Activity, AnyEvent, EpochEvent, NoticeEvent, ProgressEvent
from vimd_core.distillation.loss_sums import LossSums
from vimd_core.distillation.mixed_precision import MixedPrecision
from vimd_core.distillation.objectives import Objective
from vimd_core.distillation.optimisation import ExponentialMovingAverage
from vimd_core.distillation.pace import Pace
from vimd_core.distillation.phases import Phases
from vimd_core.distillation.prefetch import Prefetcher
from vimd_core.distillation.processes import OneProcess, Processes
from vimd_core.distillation.recipe import TrainingConfig
from vimd_core.distillation.run_folder import RunFolder
from vimd_core.distillation.run_state import RunState, require_same_run
from vimd_core.distillation.step import NotFiniteError, Stepper, not_a_number
from vimd_core.distillation.stopping import StepAbortedError, TrainingStoppedError, checked_inside_steps
from vimd_core.distillation.validation import ValidationFigures, validate
from vimd_core.errors import CheckpointError

EVENT_EVERY_S: Final = 1.0
DEFAULT_CHECKPOINT_MINUTES: Final = 10.0


@dataclass(frozen=True)
class TrainingResult:
    """What a training leaves.

    Attributes:
        weights: the averaged weights of the best epoch, by the model's own key names, on the CPU.
        validation_top1: their accuracy on the held-back images, a fraction; None when nothing was held back.
        epochs: how many were run.
        seconds: how long it took, all resumed parts together.
    """

    weights: dict[str, Tensor]
    validation_top1: float | None
    epochs: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class TrainingPlace:
    """Where a training runs, on which its result should not depend but for rounding.

    Attributes:
        device: of the model.
        processes: those that train together.
        checkpoint_minutes: time between checkpoints inside of an epoch.
        origin: hashes of the files that the training starts from, by their role, to resume with no others.
    """

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    processes: Processes = field(default_factory=OneProcess)
    checkpoint_minutes: float = DEFAULT_CHECKPOINT_MINUTES
    origin: Mapping[str, str] = field(default_factory=dict)


class Trainer:
    """One training run.

    Args:
        objective: model and losses; the model is on the device.
        training: what the batches are drawn from; only to recognise it when a run is resumed.
        batches: what to learn from.
        validation: images to choose the best epoch by; may be empty.
        config: the recipe.
        run: folder of log and checkpoints; only the first of several processes writes to it.
        place: device and processes.
        notices: are told at the start of a new run.
        on_start: is called once before the first step, when it is sure that the run may begin or go on.
    """

    def __init__(
        self,
        objective: Objective,
        training: CaptureSet,
        batches: BatchSource,
        validation: CaptureSet,
        config: TrainingConfig,
        run: RunFolder,
        place: TrainingPlace | None = None,
        *,
        notices: Sequence[NoticeEvent] = (),
        on_start: Callable[[], object] = lambda: None,
    ) -> None:
        place = place or TrainingPlace()
        self._objective = objective
        self._data = f"{training.fingerprint} {validation.fingerprint}"
        self._batches = batches
        self._validation = validation
        self._config = config
        self._run = run
        self._place = place
        self._notices = notices
        self._on_start = on_start
        self._precision = MixedPrecision(place.device, config.precision)
        self._phases = Phases(objective.model, config)
        self._phases.enter(config.epochs - 1)
        self._total_steps = config.epochs * batches.steps_per_epoch
        self._stepper = Stepper(
            objective,
            config,
            place.processes,
            device=place.device,
            precision=self._precision,
            total_steps=self._total_steps,
            warmup_steps=max(1, round(config.warmup_epochs * batches.steps_per_epoch)),
        )
        self._average = ExponentialMovingAverage(objective.model, config.ema_decay)
        self._state = RunState(best_weights=self._copy_average())
        self._sums = LossSums()
        self._pace = Pace()
        self._on_event: Callable[[AnyEvent], None] = lambda event: None
        self._should_stop: Callable[[], bool] = lambda: False
        self._last_event = 0.0
        self._last_checkpoint = 0.0
        self._clock = 0.0
        self._activity: Activity = "training"

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
        self._on_event = on_event if self._place.processes.rank == 0 else lambda event: None
        self._should_stop = should_stop
        self._clock = self._last_checkpoint = time.monotonic()
        self._open(resume=resume)
        try:
            with checked_inside_steps(self._objective.model, self._check):
                self._loop_until_stopped()
        except NotFiniteError:
            raise not_a_number(f"in epoch {self._epoch + 1}") from None
        state = self._state
        best = state.best if len(self._validation) else None
        return TrainingResult(state.best_weights, best, state.epochs_closed, state.seconds)

    @property
    def _epoch(self) -> int:
        return self._state.epochs_closed

    def _loop_until_stopped(self) -> None:
        with Prefetcher(self._batches.draw, self._state.step, self._total_steps) as batches:
            try:
                self._loop(iter(batches))
            except StepAbortedError:
                self._stop()

    def _loop(self, batches: Iterator[Batch]) -> None:
        state, steps_per_epoch = self._state, self._batches.steps_per_epoch
        entered = -1
        while not state.ended:
            if entered != self._epoch:
                entered = self._epoch
                self._enter_epoch(joins=entered == 0 or self._phases.changes_at(entered) or state.resumed)
                state.resumed = False
            if state.step == (self._epoch + 1) * steps_per_epoch:
                self._close_epoch()
                continue
            self._one_step(batches)
            self._save_when_due()

    def _enter_epoch(self, *, joins: bool) -> None:
        self._activity = "training"
        self._phases.enter(self._epoch)
        if joins:
            self._stepper.join()

    def _one_step(self, batches: Iterator[Batch]) -> None:
        if self._place.processes.count > 1 and self._place.processes.any(self._should_stop()):
            raise StepAbortedError
        self._check()
        start = time.monotonic()
        batch = next(batches)
        waited = time.monotonic() - start
        self._sums.add(self._stepper.run(self._state.step, batch))
        if self._place.device.type == "cpu":
            self._read_losses()
        self._average.update(self._objective.model)
        self._state.step += 1
        self._pace.add_step(time.monotonic() - start, waited)

    def _close_epoch(self) -> None:
        """Validate, keep the best, log and save. Stopped in the middle, it is done again from its beginning."""
        self._read_losses()
        state, config = self._state, self._config
        start = time.monotonic()
        figures = self._validate()
        self._pace.add_validation(time.monotonic() - start)
        state.epochs_closed += 1
        best = figures is None or figures.top1 >= state.best
        if best:
            # Among equally accurate epochs the later one has seen more.
            state.best_weights = self._copy_average()
        if figures is not None and figures.top1 > state.best:
            state.best, state.best_epoch = figures.top1, state.epochs_closed
        tired = bool(config.patience) and state.epochs_closed - state.best_epoch >= config.patience
        state.ended = tired or state.epochs_closed == config.epochs
        names = sorted(self._sums.epoch_means())
        means = torch.tensor([self._sums.epoch_means()[name] for name in names], device=self._place.device)
        losses = dict(zip(names, self._place.processes.mean(means).tolist(), strict=True))
        self._sums.start_epoch()
        self._count_seconds()
        event = EpochEvent(
            **self._standing(losses),
            validation_top1=None if figures is None else figures.top1,
            validation_top5=None if figures is None else figures.top5,
            validation_ece=None if figures is None else figures.ece,
            best=best,
            seconds=state.seconds,
        )
        if self._place.processes.rank == 0:
            self._run.log(event.to_json())
        self._save()
        self._emit(event)
        if tired and state.epochs_closed < config.epochs:
            self._notice(
                f"Ended after epoch {state.epochs_closed}: no better validation for {config.patience} epochs."
            )

    def _validate(self) -> ValidationFigures | None:
        """Figures of the averaged weights."""
        if len(self._validation) == 0:
            return None
        self._activity = "validating"
        model = self._objective.model
        trained = {name: value.clone() for name, value in model.state_dict().items()}
        model.load_state_dict(self._average.state_dict())
        try:
            return validate(
                self._objective,
                self._validation,
                batch_size=max(1, self._config.batch_size // self._config.accumulation),
                device=self._place.device,
                autocast=self._precision.autocast,
                processes=self._place.processes,
            )
        finally:
            model.load_state_dict(trained)
            self._activity = "training"

    def _check(self) -> None:
        """Is called many times a second: says where the training stands, and aborts a step to stop."""
        # Of several processes none may leave a step alone: the others would wait for its gradients.
        if self._place.processes.count == 1 and self._should_stop():
            raise StepAbortedError
        now = time.monotonic()
        if now - self._last_event < EVENT_EVERY_S:
            return
        self._read_losses()
        self._emit(ProgressEvent(**self._standing(self._sums.recent_means()), activity=self._activity))

    def _read_losses(self) -> None:
        if not self._sums.read():
            raise NotFiniteError
        self._precision.require_sound_scale()

    def _standing(self, losses: Mapping[str, float]) -> dict[str, Any]:
        steps, epochs = self._total_steps, self._config.epochs
        eta_s = self._pace.eta_s(steps=steps - self._state.step, validations=epochs - self._epoch)
        return {
            "step": self._state.step,
            "steps": steps,
            "epoch": self._epoch,
            "epochs": epochs,
            "samples_per_s": self._pace.steps_per_s * self._config.batch_size,
            "eta_s": 0.0 if self._state.ended else eta_s,
            "losses": losses,
            "learning_rate": self._stepper.learning_rate,
            "data_wait_share": self._pace.data_wait_share,
        }

    def _emit(self, event: AnyEvent) -> None:
        self._last_event = time.monotonic()
        self._on_event(event)

    def _notice(self, message: str) -> None:
        self._emit(NoticeEvent(message, self._state.step))

    def _save_when_due(self) -> None:
        due = time.monotonic() - self._last_checkpoint >= self._place.checkpoint_minutes * 60
        if self._place.processes.count == 1 and due:
            self._read_losses()
            self._save()

    def _count_seconds(self) -> None:
        now = time.monotonic()
        self._state.seconds += now - self._clock
        self._clock = now

    def _stop(self) -> None:
        """Save what is consistent: the state after the last whole step."""
        self._read_losses()
        self._save()
        raise TrainingStoppedError(
            f"Stopped after step {self._state.step} of {self._total_steps} (epoch {self._epoch + 1} of "
            f"{self._config.epochs}), and saved in {self._run.path}: the same command with --resume "
            "goes on from there.",
            step=self._state.step,
        )

    def _save(self) -> None:
        self._last_checkpoint = time.monotonic()
        self._count_seconds()
        if self._place.processes.rank != 0:
            return
        model = self._objective.model.state_dict()
        if not all(
            bool(torch.isfinite(value).all()) for value in model.values() if value.is_floating_point()
        ):
            raise NotFiniteError
        self._run.save_last(
            {
                **self._identity(),
                **self._state.to_dict(),
                "model": model,
                "optimizer": self._stepper.optimizer.state_dict(),
                "scaler": self._precision.scaler.state_dict(),
                "average": self._average.state_dict(),
                "average_steps": self._average.steps,
                "losses": self._sums.state(),
            }
        )

    def _identity(self) -> dict[str, Any]:
        """What must be the same in all parts of a run."""
        return {
            "config": asdict(self._config),
            "data": self._data,
            "origin": dict(self._place.origin),
        }

    def _open(self, *, resume: bool) -> None:
        """Restore the last checkpoint, or see to it that a new run takes no unfinished one's place."""
        processes = self._place.processes
        saved = processes.share(self._run.load_last() if processes.rank == 0 and resume else None)
        if saved is not None:
            self._restore(saved)
        elif processes.rank == 0:
            if not resume:
                self._run.require_no_unfinished()
            self._run.forget_log()
        if saved is None:
            for notice in self._notices:
                self._emit(notice)
        if processes.rank == 0:
            self._on_start()

    def _restore(self, saved: Mapping[str, Any]) -> None:
        require_same_run(self._run.path, saved, self._identity())
        try:
            self._objective.model.load_state_dict(saved["model"])
            self._stepper.optimizer.load_state_dict(saved["optimizer"])
        except (RuntimeError, ValueError) as e:
            raise CheckpointError(
                f"The run in {self._run.path} trains another network: use another folder."
            ) from e
        self._precision.scaler.load_state_dict(saved["scaler"])
        self._average.restore(saved["average"], saved["average_steps"])
        self._sums.restore(saved["losses"])
        self._state = RunState.from_dict(saved)
        if self._place.processes.rank == 0:
            self._run.forget_log_after(self._state.step)
        self._notice(
            f"Resumed after step {self._state.step} of {self._total_steps} (epoch {self._epoch + 1} of "
            f"{self._config.epochs})."
            if not self._state.ended
            else "This run had already ended."
        )

    def _copy_average(self) -> dict[str, Tensor]:
        return {name: value.detach().cpu().clone() for name, value in self._average.state_dict().items()}
