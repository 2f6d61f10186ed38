"""Reports the progress of a training as events: step, speed, losses."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from vimd_core.training.loop.events import (
    Activity,
    AnyEvent,
    EpochEvent,
    ProgressEvent,
    SuperResolutionEpochEvent,
    notice,
)
from vimd_core.training.loop.loss_sums import LossSums
from vimd_core.training.loop.pace import Pace
from vimd_core.training.loop.trainer_state import TrainerState
from vimd_core.user_messages import Sentence, sentence

EVENT_EVERY_S: Final = 1.0


def already_ended(step: int, steps: int) -> Sentence:
    """What is said when a run is to be resumed that has nothing left to do."""
    return sentence("This run had already finished, after step {step} of {steps}.", step=step, steps=steps)


class Reporter:
    """Tells a listener where a training stands.

    Args:
        steps: of the whole training.
        epochs: of the whole training.
        batch_size: images a step.
        learning_rate: gives that of the last step.
        limit_s: time after which the steps end, however many they were.
    """

    def __init__(
        self,
        *,
        steps: int,
        epochs: int,
        batch_size: int,
        learning_rate: Callable[[], float],
        limit_s: float = math.inf,
    ) -> None:
        self._steps = steps
        self._epochs = epochs
        self._batch_size = batch_size
        self._learning_rate = learning_rate
        self._limit_s = limit_s
        self._on_event: Callable[[AnyEvent], None] | None = None
        self._last_event = 0.0
        self.activity: Activity = "training"
        self.sums = LossSums()
        self.pace = Pace()

    def tell(self, on_event: Callable[[AnyEvent], None]) -> None:
        """Take a listener; without one nothing is said, as in all processes but the first."""
        self._on_event = on_event

    @property
    def is_due(self) -> bool:
        """Whether nothing was said for a second."""
        return time.monotonic() - self._last_event >= EVENT_EVERY_S

    def progress(self, state: TrainerState) -> None:
        """Say where the training stands."""
        losses = self.sums.recent_means()
        self._emit(ProgressEvent(**self.standing(state, losses), activity=self.activity))

    def epoch(self, event: EpochEvent | SuperResolutionEpochEvent) -> None:
        """Say something of an epoch."""
        self._emit(event)

    def notice(self, said: Sentence, state: TrainerState) -> None:
        """Say a sentence."""
        self._emit(notice(said, state.step))

    def _emit(self, event: AnyEvent) -> None:
        self._last_event = time.monotonic()
        if self._on_event is not None:
            self._on_event(event)

    def standing(self, state: TrainerState, losses: Mapping[str, float]) -> dict[str, Any]:
        """What every event says: the fields of `TrainingEvent`, by name."""
        eta_s = self.pace.eta_s(
            steps=self._steps - state.step,
            validations=self._epochs - state.epochs_closed,
            limit_s=self._limit_s - state.seconds,
        )
        return {
            "step": state.step,
            "steps": self._steps,
            "epoch": state.epochs_closed,
            "epochs": self._epochs,
            "samples_per_s": self.pace.steps_per_s * self._batch_size,
            "eta_s": 0.0 if state.ended else eta_s,
            "losses": losses,
            "learning_rate": self._learning_rate(),
            "data_wait_share": self.pace.data_wait_share,
        }
