"""Training curves: losses and accuracies of a training by epoch, read from its events. Knows nothing of Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from vimd_core.training.loop.events import (
    ComparingEvent,
    EpochEvent,
    ExtractingEvent,
    NoticeEvent,
    ProgressEvent,
    RetrainingEvent,
    TrainingEvent,
)
from vimd_core.user_messages import Sentence

Curve = list[tuple[int, float]]
_NOTICES: Final = 50


@dataclass
class TrainingCurves:
    """Points by step, and the last figures.

    A training that was cut off and went on repeats steps: what they said before is forgotten then.

    Attributes:
        losses: each weighted term and their sum, by name; the sum is "".
        top1: accuracy on captures that are held back to choose the best epoch, a fraction.
        learning_rate: of each event.
        step: optimiser steps that are done.
        steps: of the whole training, 0 before it is known.
        epoch: epochs that are done.
        epochs: of the whole training.
        samples_per_s: captures learnt from.
        eta_s: seconds until the end, None before that is known.
        activity: "extracting", "training", "validating" or "comparing"; nothing before it has begun.
        extracted: share of the captures that its teacher has looked at, in [0, 1].
        compared: share of the comparison that is done, in [0, 1].
        notices: what it has said to its user.
    """

    losses: dict[str, Curve] = field(default_factory=dict)
    top1: Curve = field(default_factory=list)
    learning_rate: Curve = field(default_factory=list)
    step: int = 0
    steps: int = 0
    epoch: int = 0
    epochs: int = 0
    samples_per_s: float = 0.0
    eta_s: float | None = None
    activity: str = ""
    extracted: float = 0.0
    compared: float = 0.0
    notices: list[Sentence] = field(default_factory=list)

    def add(self, event: RetrainingEvent) -> None:
        """Take in one event."""
        match event:
            case NoticeEvent():
                self.notices = [*self.notices, event.said][-_NOTICES:]
            case ExtractingEvent(done=done, total=total, eta_s=eta_s):
                self.activity = "extracting"
                self.extracted = done / max(1, total)
                self.eta_s = eta_s
            case ComparingEvent(done=done, total=total):
                self.activity = "comparing"
                self.compared = done / max(1, total)
            case ProgressEvent():
                self._add_step(event)
                self.activity = event.activity
            case EpochEvent(step=step, validation_top1=top1):
                self._add_step(event)
                self.activity = "training"
                # An epoch's figures come at the same step as the progress before them.
                _cut(self.top1, step)
                if top1 is not None:
                    self.top1.append((step, top1))

    @property
    def share(self) -> float:
        """How much of the training is done, in [0, 1]; the comparison is not counted."""
        return self.step / self.steps if self.steps else 0.0

    def _add_step(self, event: TrainingEvent) -> None:
        step = event.step
        for curve in (*self.losses.values(), self.learning_rate):
            _cut(curve, step)
        _cut(self.top1, step + 1)
        if event.losses:
            for name, value in {**event.losses, "": sum(event.losses.values())}.items():
                self.losses.setdefault(name, []).append((step, value))
        self.learning_rate.append((step, event.learning_rate))
        self.step, self.steps = step, event.steps
        self.epoch, self.epochs = event.epoch, event.epochs
        self.samples_per_s, self.eta_s = event.samples_per_s, event.eta_s


def _cut(curve: Curve, step: int) -> None:
    """Forget what a curve says from a step on."""
    while curve and curve[-1][0] >= step:
        curve.pop()
