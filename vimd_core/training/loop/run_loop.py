"""The training loop of teacher and student: steps, validations, events, checkpoints, and stopping in between.

All that happens in a step follows from the seed, the step's number and the weights before it. A run that was stopped
or killed therefore ends with the very weights of one that was not (on a CPU, with as many threads).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import torch
from torch import Tensor

from vimd_core.training.batches.batch import Batch, BatchSource
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.batches.prefetch import Prefetcher
from vimd_core.training.loop.checkpoints import RunCheckpoints, SavedParts
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.events import AnyEvent
from vimd_core.training.loop.reporting import Reporter
from vimd_core.training.loop.step import NotFiniteError, Stepper, not_a_number
from vimd_core.training.loop.stopping import StepAbortedError, TrainingStoppedError, checked_inside_steps
from vimd_core.training.loop.trainer_state import RunState
from vimd_core.training.losses.objectives import Objective
from vimd_core.training.optimisation.freezing import Phases
from vimd_core.training.optimisation.mixed_precision import MixedPrecision
from vimd_core.training.optimisation.weight_averaging import ExponentialMovingAverage
from vimd_core.training.recipes.training_config import TrainingConfig
from vimd_core.training.runs.folder import RunFolder
from vimd_core.training.validation.accuracy import ValidationFigures, validate

# In how many parts a batch is computed is a matter of memory: a run that ran out of it goes on in more of them.
_MAY_CHANGE: Final = frozenset({"accumulation"})


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
        notices: sentences that are told at the start of a new run.
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
        place: ComputePlace | None = None,
        *,
        notices: Sequence[str] = (),
        on_start: Callable[[], object] = lambda: None,
    ) -> None:
        place = place or ComputePlace()
        self._objective = objective
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
        self._reporter = Reporter(
            steps=self._total_steps,
            epochs=config.epochs,
            batch_size=config.batch_size,
            learning_rate=lambda: self._stepper.learning_rate,
        )
        self._checkpoints = RunCheckpoints(
            run,
            SavedParts(
                objective.model,
                self._stepper.optimizer,
                self._precision.scaler,
                self._average,
                self._reporter.sums,
            ),
            {
                "config": {name: value for name, value in asdict(config).items() if name not in _MAY_CHANGE},
                "data": f"{training.fingerprint} {validation.fingerprint}",
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
        if self._place.processes.rank == 0:
            self._reporter.tell(on_event)
        self._should_stop = should_stop
        self._open(resume=resume)
        try:
            with (
                checked_inside_steps(self._objective.model, self._check),
                Prefetcher(self._batches.draw, self._state.step, self._total_steps) as batches,
            ):
                self._loop_until_stopped(iter(batches))
        except NotFiniteError:
            raise not_a_number(f"in epoch {self._epoch + 1}") from None
        state = self._state
        best = state.best if len(self._validation) else None
        return TrainingResult(state.best_weights, best, state.epochs_closed, state.seconds)

    @property
    def _epoch(self) -> int:
        return self._state.epochs_closed

    def _loop_until_stopped(self, batches: Iterator[Batch]) -> None:
        try:
            self._loop(batches)
        except StepAbortedError:
            state = self._state
            self._read_losses()
            self._checkpoints.save(state)
            raise TrainingStoppedError(
                "Stopped after step {step} of {total_steps} (epoch {epoch} of {epochs}), and saved in "
                "{run}: the same command with --resume goes on from there.",
                step=state.step,
                total_steps=self._total_steps,
                epoch=self._epoch + 1,
                epochs=self._config.epochs,
                run=self._run.path,
            ) from None

    def _loop(self, batches: Iterator[Batch]) -> None:
        state, steps_per_epoch = self._state, self._batches.steps_per_epoch
        entered = -1
        while not state.ended:
            if entered != self._epoch:
                # The first time in this process, whichever epoch it is, nothing is joined yet.
                joins = entered == -1 or self._phases.changes_at(self._epoch)
                entered = self._epoch
                self._phases.enter(entered)
                if joins:
                    self._stepper.join()
            if state.step == (self._epoch + 1) * steps_per_epoch:
                self._close_epoch()
                continue
            self._one_step(batches)
            if self._checkpoints.is_due:
                self._read_losses()
                self._checkpoints.save(state)

    def _one_step(self, batches: Iterator[Batch]) -> None:
        if self._place.processes.count > 1 and self._place.processes.any(self._should_stop()):
            raise StepAbortedError
        self._check()
        start = time.monotonic()
        batch = next(batches)
        waited = time.monotonic() - start
        self._reporter.sums.add(self._stepper.run(self._state.step, batch))
        if self._place.device.type == "cpu":
            self._read_losses()
        self._average.update(self._objective.model)
        self._state.step += 1
        self._reporter.pace.add_step(time.monotonic() - start, waited)

    def _close_epoch(self) -> None:
        """Validate, keep the best, log and save. Stopped in the middle, it is done again from its beginning."""
        self._read_losses()
        state, config, reporter = self._state, self._config, self._reporter
        figures = self._validate()
        state.epochs_closed += 1
        # Among equally accurate epochs the later one has seen more.
        best = figures is None or figures.top1 >= state.best
        if best:
            state.best_weights = self._copy_average()
        if figures is not None and figures.top1 > state.best:
            state.best, state.best_epoch = figures.top1, state.epochs_closed
        tired = bool(config.patience) and state.epochs_closed - state.best_epoch >= config.patience
        state.ended = tired or state.epochs_closed == config.epochs
        self._checkpoints.count_seconds(state)
        event = reporter.epoch_event(state, self._epoch_losses(), figures, best=best)
        if self._place.processes.rank == 0:
            # Before the checkpoint, which cuts off what comes after it when the run is resumed.
            self._run.log(event.to_json())
        self._checkpoints.save(state)
        reporter.epoch(event)
        if tired and state.epochs_closed < config.epochs:
            reporter.notice(
                f"Ended after epoch {state.epochs_closed}: no better validation for {config.patience} epochs.",
                state,
            )

    def _epoch_losses(self) -> dict[str, float]:
        """Means over the epoch and over all processes; the next epoch starts at 0."""
        means = self._reporter.sums.epoch_means()
        names = sorted(means)
        values = torch.tensor([means[name] for name in names], device=self._place.device)
        self._reporter.sums.start_epoch()
        return dict(zip(names, self._place.processes.mean(values).tolist(), strict=True))

    def _validate(self) -> ValidationFigures | None:
        """Figures of the averaged weights."""
        if len(self._validation) == 0:
            return None
        start = time.monotonic()
        self._reporter.activity = "validating"
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
            self._reporter.activity = "training"
            self._reporter.pace.add_validation(time.monotonic() - start)

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
        self._precision.require_sound_scale()

    def _open(self, *, resume: bool) -> None:
        """Go on from the last checkpoint, or begin."""
        state = self._checkpoints.open(resume=resume)
        if state is None:
            for sentence in self._notices:
                self._reporter.notice(sentence, self._state)
        else:
            self._state = state
            where = f"step {state.step} of {self._total_steps}"
            self._reporter.notice(
                f"This run had already ended, after {where}."
                if state.ended
                else f"Resumed after {where} (epoch {self._epoch + 1} of {self._config.epochs}).",
                state,
            )
        if self._place.processes.rank == 0:
            self._on_start()

    def _copy_average(self) -> dict[str, Tensor]:
        # Copied once, also where the average is on the CPU already.
        return {
            name: value.detach().to("cpu", copy=True) for name, value in self._average.state_dict().items()
        }
