"""Output paths of a training: where it runs, and what it leaves there. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

DEFAULT_CHECKPOINT_MINUTES: Final = 10.0


@dataclass(frozen=True, kw_only=True)
class TrainingPlace:
    """The folder of a run and the machine's part of it; the result does not depend on these but for rounding.

    Attributes:
        folder: of the run: log, checkpoints, recipe and result. One training at a time, one result.
        device: "auto", "cuda", "cuda:1" and so on, "mps" or "cpu".
        threads: processor threads of this process; 0 leaves them as they are.
        checkpoint_minutes: time between checkpoints inside of an epoch.
        resume: go on from the last checkpoint in the folder when there is one.
        overwrite: replace a training that the folder holds already.
    """

    folder: Path
    device: str = "auto"
    threads: int = 0
    checkpoint_minutes: float = DEFAULT_CHECKPOINT_MINUTES
    resume: bool = False
    overwrite: bool = False


@dataclass(frozen=True, kw_only=True)
class TrainedModel:
    """What a training leaves.

    Attributes:
        file: with the weights of the best epoch.
        seconds: that it took, all resumed parts together; 0 when it had ended before.
        had_ended: whether a training that was to be resumed had nothing left to do.
    """

    file: Path
    seconds: float = 0.0
    had_ended: bool = False


@dataclass(frozen=True, kw_only=True)
class TrainedClassifier(TrainedModel):
    """A trained student, teacher or classifier.

    Attributes:
        validation_top1: accuracy on the held-back images, a fraction; None when nothing was held back, or when the
            training had ended before.
    """

    validation_top1: float | None = None


@dataclass(frozen=True, kw_only=True)
class TrainedSuperResolution(TrainedModel):
    """A trained super-resolution network.

    Attributes:
        validation_psnr_db: RGB PSNR on the held-back photographs, mean, in dB; None when the training had ended before.
    """

    validation_psnr_db: float | None = None
