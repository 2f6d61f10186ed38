"""Training curves: losses and accuracies of a training by epoch, read from its events. Knows nothing of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from vimd_core.user_messages import Sentence, sentence_from_json

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
        activity: "training", "validating" or "comparing"; nothing before it has begun.
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
    compared: float = 0.0
    notices: list[Sentence] = field(default_factory=list)

    def add(self, event: Mapping[str, Any]) -> None:
        """Take in one event."""
        kind = event.get("event")
        if kind == "notice":
            said = sentence_from_json(str(event.get("sentence") or event["message"]))
            self.notices = [*self.notices, said][-_NOTICES:]
        elif kind == "comparing":
            self.activity = "comparing"
            self.compared = event["done"] / max(1, event["total"])
        elif kind in ("progress", "epoch"):
            self._add_step(event)

    @property
    def share(self) -> float:
        """How much of the training is done, in [0, 1]; the comparison is not counted."""
        return self.step / self.steps if self.steps else 0.0

    def _add_step(self, event: Mapping[str, Any]) -> None:
        step = int(event["step"])
        # An epoch's figures come at the same step as the progress before them.
        for curve in (*self.losses.values(), self.learning_rate):
            _cut(curve, step)
        _cut(self.top1, step if event["event"] == "epoch" else step + 1)
        losses = event["losses"]
        if losses:
            for name, value in {**losses, "": sum(losses.values())}.items():
                self.losses.setdefault(name, []).append((step, float(value)))
        self.learning_rate.append((step, float(event["learning_rate"])))
        if event.get("validation_top1") is not None:
            self.top1.append((step, float(event["validation_top1"])))
        self.step, self.steps = step, int(event["steps"])
        self.epoch, self.epochs = int(event["epoch"]), int(event["epochs"])
        self.samples_per_s, self.eta_s = float(event["samples_per_s"]), event["eta_s"]
        self.activity = str(event.get("activity", "training"))


def _cut(curve: Curve, step: int) -> None:
    """Forget what a curve says from a step on."""
    while curve and curve[-1][0] >= step:
        curve.pop()
