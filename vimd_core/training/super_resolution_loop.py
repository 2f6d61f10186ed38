"""Training of the super-resolution network on photographs: L1 loss on patches, bicubic low-resolution inputs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

import torch
from torch import Tensor, nn
from torch.nn import functional

from vimd_core.config import SuperResolutionConfig
from vimd_core.models.super_resolution import build_super_resolution
from vimd_core.training.batches.batch import parts_of
from vimd_core.training.batches.photographs import PatchSampler, Photographs
from vimd_core.training.batches.prefetch import Prefetcher
from vimd_core.training.distributed import OneProcess
from vimd_core.training.loop.checkpoints import RunCheckpoints, SavedParts
from vimd_core.training.loop.events import AnyEvent, SuperResolutionEpochEvent
from vimd_core.training.loop.reporting import Reporter
from vimd_core.training.loop.step import NotFiniteError, memory_shortage_said, not_a_number
from vimd_core.training.loop.stopping import (
    BufferKeeper,
    StepAbortedError,
    TrainingStoppedError,
    checked_inside_steps,
)
from vimd_core.training.loop.trainer_state import RunState
from vimd_core.training.optimisation.learning_rate import warmup_cosine
from vimd_core.training.optimisation.mixed_precision import MixedPrecision
from vimd_core.training.optimisation.weight_averaging import ExponentialMovingAverage
from vimd_core.training.recipes.super_resolution_config import SuperResolutionTrainingConfig
from vimd_core.training.runs.folder import RunFolder
from vimd_core.training.validation.psnr import mean_psnr


class SuperResolutionTrainer:
    """One training run.

    Args:
        network: architecture.
        training: to learn from.
        validation: to choose the best epoch by.
        config: the recipe.
        run: folder of log and checkpoints.
        start_from: network of the same architecture whose weights are the start; random ones when None.
        origin: hashes of the files that the training starts from, by their role.
        device: where to compute; the processor when None.
        checkpoint_minutes: time between checkpoints inside of an epoch.
        on_start: is called once before the first step, when it is sure that the run may begin or go on.
    """

    def __init__(
        self,
        network: SuperResolutionConfig,
        training: Photographs,
        validation: Photographs,
        config: SuperResolutionTrainingConfig,
        run: RunFolder,
        *,
        start_from: nn.Module | None = None,
        origin: Mapping[str, str] | None = None,
        device: torch.device | None = None,
        checkpoint_minutes: float = 10.0,
        on_start: Callable[[], object] = lambda: None,
    ) -> None:
        self._config = config
        self._run = run
        self._validation = validation
        self._on_start = on_start
        self._device = device or torch.device("cpu")
        self._precision = MixedPrecision(self._device, config.precision)
        self._patches = PatchSampler(
            training, batch_size=config.batch_size, patch_px=config.patch_px, seed=config.seed
        )
        torch.manual_seed(config.seed)
        self._model = build_super_resolution(network)
        if start_from is not None:
            self._model.load_state_dict(start_from.state_dict())
        self._model.to(device=self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._optimizer = torch.optim.Adam(
            self._model.parameters(), lr=config.learning_rate, betas=(0.9, 0.99), fused=True
        )
        self._average = ExponentialMovingAverage(self._model, config.ema_decay)
        self._epochs = math.ceil(config.steps / config.steps_per_epoch)
        self._state = RunState(best_weights=self._copy_average())
        self._reporter = Reporter(
            steps=config.steps,
            epochs=self._epochs,
            batch_size=config.batch_size,
            learning_rate=lambda: float(self._optimizer.param_groups[0]["lr"]),
            limit_s=config.minutes * 60.0 or math.inf,
        )
        self._checkpoints = RunCheckpoints(
            run,
            SavedParts(
                self._model,
                self._optimizer,
                self._precision.scaler,
                self._average,
                self._reporter.sums,
            ),
            {
                "config": {"network": asdict(network), "training": asdict(config)},
                "data": training.fingerprint,
                "origin": dict(origin or {}),
            },
            OneProcess(),
            minutes=checkpoint_minutes,
        )
        self._should_stop: Callable[[], bool] = lambda: False

    def run(
        self,
        on_event: Callable[[AnyEvent], None],
        *,
        resume: bool = False,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> dict[str, Tensor]:
        """Train to the end.

        Args:
            on_event: gets an event about every second and one an epoch, in this thread.
            resume: go on from the run's last checkpoint when there is one.
            should_stop: is asked often, in this thread; must be quick.

        Returns:
            The averaged weights of the best epoch by validation PSNR, by the network's key names, on the CPU.

        Raises:
            TrainingStoppedError: `should_stop` said so; the state is saved.
            CheckpointError: the checkpoint does not belong to this run, nothing can be written, or the loss is no
                longer a number.
            DeviceError: there is not enough memory.
        """
        self._reporter.tell(on_event)
        self._should_stop = should_stop
        self._open(resume=resume)
        try:
            with (
                checked_inside_steps(self._model, self._check),
                Prefetcher(self._patches.draw, self._state.step, self._config.steps) as patches,
            ):
                self._loop_until_stopped(iter(patches))
        except NotFiniteError:
            raise not_a_number(f"after step {self._state.step}") from None
        return self._state.best_weights

    def _open(self, *, resume: bool) -> None:
        state = self._checkpoints.open(resume=resume)
        if state is not None:
            self._state = state
            where = f"step {state.step} of {self._config.steps}"
            self._reporter.notice(
                f"This run had already ended, after {where}." if state.ended else f"Resumed after {where}.",
                state,
            )
        self._on_start()

    def _loop_until_stopped(self, patches: Iterator[tuple[Tensor, Tensor]]) -> None:
        try:
            self._loop(patches)
        except StepAbortedError:
            state = self._state
            self._read_losses()
            self._checkpoints.save(state)
            raise TrainingStoppedError(
                "Stopped after step {step} of {steps}, and saved in {run}: the same command with "
                "--resume goes on from there.",
                step=state.step,
                steps=self._config.steps,
                run=self._run.path,
            ) from None

    def _loop(self, patches: Iterator[tuple[Tensor, Tensor]]) -> None:
        state, config = self._state, self._config
        self._set_training()
        while not state.ended:
            out_of_time = self._progress() >= 1.0
            epoch_end = min(config.steps, (state.epochs_closed + 1) * config.steps_per_epoch)
            if state.step >= epoch_end or out_of_time:
                self._close_epoch(last=out_of_time)
                continue
            self._one_step(patches)
            if self._checkpoints.is_due:
                self._read_losses()
                self._checkpoints.save(state)

    def _progress(self) -> float:
        """Share of the schedule that is done, by steps or by time, whichever is more."""
        done = self._state.step / self._config.steps
        if self._config.minutes:
            self._checkpoints.count_seconds(self._state)
            done = max(done, self._state.seconds / (self._config.minutes * 60.0))
        return min(1.0, done)

    def _one_step(self, patches: Iterator[tuple[Tensor, Tensor]]) -> None:
        self._check()
        config, start = self._config, time.monotonic()
        lr, hr = next(patches)
        waited = time.monotonic() - start
        scheduled = max(self._state.step, round(self._progress() * config.steps))
        factor = warmup_cosine(scheduled, total_steps=config.steps, warmup_steps=config.warmup_steps)
        if self._state.step < config.warmup_steps:
            factor = min(factor, (self._state.step + 1) / config.warmup_steps)
        for group in self._optimizer.param_groups:
            group["lr"] = config.learning_rate * factor
        statistics = BufferKeeper(self._model)
        try:
            with memory_shortage_said():
                loss = self._collect_gradients(lr, hr)
                self._precision.scaler.step(self._optimizer)
                self._precision.scaler.update()
        except StepAbortedError:
            statistics.restore()
            raise
        self._reporter.sums.add({"l1": loss})
        self._average.update(self._model)
        self._state.step += 1
        if self._device.type == "cpu":
            self._read_losses()
        self._reporter.pace.add_step(time.monotonic() - start, waited)

    def _collect_gradients(self, lr: Tensor, hr: Tensor) -> Tensor:
        """The loss of a batch, detached; its gradients are left in the parameters."""
        self._optimizer.zero_grad(set_to_none=True)
        losses: list[Tensor] = []
        for start, stop in parts_of(len(lr), self._config.accumulation):
            with self._precision.autocast():
                enlarged = self._model(lr[start:stop].to(self._device, memory_format=torch.channels_last))
            share = (stop - start) / len(lr)
            part = functional.l1_loss(enlarged.float(), hr[start:stop].to(self._device)) * share
            if self._device.type == "cpu" and not bool(torch.isfinite(part)):
                raise NotFiniteError
            self._precision.scaler.scale(part).backward()  # type: ignore[no-untyped-call]
            losses.append(part.detach())
        return torch.stack(losses).sum()

    def _close_epoch(self, *, last: bool) -> None:
        """Measure the averaged weights, log and save. Stopped in the middle, it is done again from its beginning."""
        self._read_losses()
        state, reporter = self._state, self._reporter
        psnr, bicubic_psnr = self._validate()
        if math.isnan(psnr):
            raise NotFiniteError
        state.epochs_closed += 1
        best = psnr > state.best
        if best:
            state.best, state.best_epoch = psnr, state.epochs_closed
            state.best_weights = self._copy_average()
        state.ended = last or state.step == self._config.steps
        self._checkpoints.count_seconds(state)
        event = SuperResolutionEpochEvent(
            **reporter.standing(state, reporter.sums.epoch_means()),
            validation_psnr_db=psnr,
            validation_bicubic_psnr_db=bicubic_psnr,
            best=best,
            seconds=state.seconds,
        )
        reporter.sums.start_epoch()
        self._run.log(event.to_json())
        self._checkpoints.save(state)
        reporter.epoch(event)
        if last and state.step < self._config.steps:
            reporter.notice(
                f"Ended after step {state.step} of {self._config.steps}, as its {self._config.minutes:g} minutes are "
                "over.",
                state,
            )

    def _validate(self) -> tuple[float, float]:
        """Mean RGB PSNR in dB of the averaged weights and of bicubic enlargement."""
        start = time.monotonic()
        self._reporter.activity = "validating"
        trained = {name: value.clone() for name, value in self._model.state_dict().items()}
        self._model.load_state_dict(self._average.state_dict())
        self._model.eval()
        try:
            with memory_shortage_said():
                return mean_psnr(self._model, self._validation.pairs, device=self._device, check=self._check)
        finally:
            self._model.load_state_dict(trained)
            self._set_training()
            self._reporter.activity = "training"
            self._reporter.pace.add_validation(time.monotonic() - start)

    def _set_training(self) -> None:
        self._model.train()
        if self._config.frozen_norms:
            for module in self._model.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()

    def _check(self) -> None:
        """Is called many times a second: says where the training stands, and aborts a step to stop."""
        if self._should_stop():
            raise StepAbortedError
        if self._reporter.is_due:
            self._read_losses()
            self._reporter.progress(self._state)

    def _read_losses(self) -> None:
        if not self._reporter.sums.read():
            raise NotFiniteError

    def _copy_average(self) -> dict[str, Tensor]:
        return {
            name: value.detach().to("cpu", copy=True) for name, value in self._average.state_dict().items()
        }
