"""Events of a training (progress, metrics): frozen, JSON-ready. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

Activity = Literal["training", "validating"]


@dataclass(frozen=True, kw_only=True)
class TrainingEvent:
    """Where a training stands.

    Attributes:
        step: optimiser steps that are done.
        steps: of the whole training.
        epoch: epochs that are done.
        epochs: of the whole training.
        samples_per_s: images learnt from lately, validation not counted; 0 before the first step.
        eta_s: seconds until the end, or None while that can't be said.
        losses: each weighted term, by name.
        learning_rate: of the last step.
        data_wait_share: share of the time of the last steps that was spent waiting for data, in [0, 1].
    """

    kind: ClassVar[str]

    step: int
    steps: int
    epoch: int
    epochs: int
    samples_per_s: float
    eta_s: float | None
    losses: Mapping[str, float]
    learning_rate: float
    data_wait_share: float

    def to_json(self) -> dict[str, Any]:
        """The fields, and `event`: which kind it is."""
        return {"event": self.kind, **asdict(self)}


@dataclass(frozen=True, kw_only=True)
class ProgressEvent(TrainingEvent):
    """Comes about every second; its losses are means over the steps since the one before.

    Attributes:
        activity: what is going on.
    """

    kind: ClassVar[str] = "progress"

    activity: Activity = "training"


@dataclass(frozen=True, kw_only=True)
class EpochEvent(TrainingEvent):
    """Comes after each epoch; its losses are means over the epoch.

    Attributes:
        validation_top1: accuracy of the averaged weights on the held-back images, a fraction; None without any.
        validation_top5: whether the label is among their first five answers.
        validation_ece: expected calibration error, a fraction.
        best: whether these weights are the best so far and will be kept.
        seconds: of the training until now, earlier parts of a resumed one included.
    """

    kind: ClassVar[str] = "epoch"

    validation_top1: float | None = None
    validation_top5: float | None = None
    validation_ece: float | None = None
    best: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SuperResolutionEpochEvent(TrainingEvent):
    """Comes after each epoch of a super-resolution network's training.

    Attributes:
        validation_psnr_db: RGB PSNR of the averaged weights on the held-back photographs, mean.
        validation_bicubic_psnr_db: the same of bicubic enlargement.
        best: whether these weights are the best so far and will be kept.
        seconds: of the training until now, earlier parts of a resumed one included.
    """

    kind: ClassVar[str] = "epoch"

    validation_psnr_db: float
    validation_bicubic_psnr_db: float
    best: bool
    seconds: float


@dataclass(frozen=True)
class NoticeEvent:
    """A sentence for people: what was resumed, why a training ended early.

    Attributes:
        message: the sentence, in English.
        step: optimiser steps that are done.
        sentence: the same with its arguments, as `Sentence.to_json` gives it, to be worded in another language.
    """

    kind: ClassVar[str] = "notice"

    message: str
    step: int = 0
    sentence: str = ""

    def to_json(self) -> dict[str, Any]:
        """The fields, and `event`: which kind it is."""
        return {"event": self.kind, **asdict(self)}


AnyEvent = ProgressEvent | EpochEvent | SuperResolutionEpochEvent | NoticeEvent
EVENT_KINDS: tuple[str, ...] = (ProgressEvent.kind, EpochEvent.kind, NoticeEvent.kind)
