"""Events: what a training says while it runs, each kind declared once and travelling as one line of JSON. Torch-free.

They stand in a run's `events.jsonl` and `log.jsonl`, and are what `vimd distill` prints for programs. Runs of years ago
are read too: a field that is added later has a default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from vimd_core.user_messages import Sentence, sentence_from_json

Activity = Literal["training", "validating"]


class Event(msgspec.Struct, frozen=True, tag_field="event"):
    """Base of all of them."""

    def to_mapping(self) -> dict[str, Any]:
        """The fields as JSON has them, and under "event" which kind it is."""
        mapping: dict[str, Any] = msgspec.to_builtins(self, enc_hook=float)  # numbers of numpy
        return mapping

    def to_line(self) -> str:
        """One line of JSON, without its end."""
        return json.dumps(self.to_mapping())  # unlike msgspec, it writes what is no number as such


class TrainingEvent(Event, frozen=True, kw_only=True):
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

    step: int
    steps: int
    epoch: int
    epochs: int
    samples_per_s: float
    eta_s: float | None
    losses: Mapping[str, float]
    learning_rate: float
    data_wait_share: float


class ProgressEvent(TrainingEvent, frozen=True, kw_only=True, tag="progress"):
    """Comes about every second; its losses are means over the steps since the one before.

    Attributes:
        activity: what is going on.
    """

    activity: Activity = "training"


class EpochEvent(TrainingEvent, frozen=True, kw_only=True, tag="epoch"):
    """Comes after each epoch; its losses are means over the epoch.

    Attributes:
        validation_top1: accuracy of the averaged weights on the held-back images, a fraction; None without any.
        validation_top5: whether the label is among the first five predictions.
        validation_ece: expected calibration error, a fraction.
        best: whether these weights are the best so far and will be kept.
        seconds: of the training until now, earlier parts of a resumed one included.
    """

    validation_top1: float | None = None
    validation_top5: float | None = None
    validation_ece: float | None = None
    best: bool = False
    seconds: float = 0.0


class SuperResolutionEpochEvent(TrainingEvent, frozen=True, kw_only=True, tag="epoch"):
    """Comes after each epoch of a super-resolution network's training, in place of `EpochEvent`.

    Attributes:
        validation_psnr_db: RGB PSNR of the averaged weights on the held-back photographs, mean.
        validation_bicubic_psnr_db: the same of bicubic enlargement.
        best: whether these weights are the best so far and will be kept.
        seconds: of the training until now, earlier parts of a resumed one included.
    """

    validation_psnr_db: float
    validation_bicubic_psnr_db: float
    best: bool
    seconds: float


class NoticeEvent(Event, frozen=True, tag="notice"):
    """A sentence for people: what was resumed, why a training ended early. Made by `notice`.

    Attributes:
        message: the sentence, in English.
        step: optimiser steps that are done.
        sentence: the same with its arguments, as `Sentence.to_json` gives it; older versions wrote none.
    """

    message: str
    step: int = 0
    sentence: str = ""

    @property
    def said(self) -> Sentence:
        """The sentence, to be worded in the user's language."""
        return sentence_from_json(self.sentence or self.message)


class ExtractingEvent(Event, frozen=True, tag="extracting"):
    """Comes before a retraining while its teacher looks at captures that it has not seen yet.

    Attributes:
        done: captures that were looked at.
        total: how many there are.
        eta_s: seconds until all are, or None while that can't be said.
    """

    done: int
    total: int
    eta_s: float | None = None


class ComparingEvent(Event, frozen=True, tag="comparing"):
    """Comes while the result of a retraining is compared with the model before.

    Attributes:
        done: captures that are classified, of both models.
        total: how many there are.
    """

    done: int
    total: int


AnyEvent = ProgressEvent | EpochEvent | SuperResolutionEpochEvent | NoticeEvent | ExtractingEvent
# What a retraining leaves; it is always one of a student.
RetrainingEvent = ProgressEvent | EpochEvent | NoticeEvent | ExtractingEvent | ComparingEvent
_READ_AS: Final[Any] = RetrainingEvent


def notice(said: Sentence, step: int = 0) -> NoticeEvent:
    """The event that says a sentence."""
    return NoticeEvent(str(said), step, said.to_json())


def read_event(line: bytes) -> RetrainingEvent | None:
    """An event of a retraining from its line; None for one that was cut off, or of a kind that this version lacks."""
    try:
        event: RetrainingEvent = msgspec.convert(json.loads(line), type=_READ_AS)
    except (ValueError, msgspec.MsgspecError):
        return None
    return event
