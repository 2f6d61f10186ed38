"""`comparison.json`: what the old and the new model say of captures that neither has learnt from. Torch-free."""

from __future__ import annotations

from pathlib import Path

import msgspec

from vimd_core.errors import CheckpointError
from vimd_core.processes.atomic_files import atomic_write
from vimd_core.training.runs.files import COMPARISON


class MeasuredModel(msgspec.Struct, frozen=True):
    """How one of the two models did.

    Attributes:
        milliseconds: that it takes for a capture.
        unreadable: captures that could not be read.
    """

    milliseconds: float
    unreadable: int = 0


class FirstPrediction(msgspec.Struct, frozen=True, array_like=True):
    """What a model says of a capture first.

    Attributes:
        output: index of the class among the model's own.
        probability: of that class, in [0, 1].
    """

    output: int
    probability: float


class HeldBackAnswer(msgspec.Struct, frozen=True, array_like=True):
    """What both say of one capture, which `key` names in the manifest of those that were held back."""

    key: int
    baseline: FirstPrediction
    candidate: FirstPrediction


class HeldBackComparison(msgspec.Struct, frozen=True):
    """The whole file; `answers` has the captures that both models could read."""

    baseline: MeasuredModel
    candidate: MeasuredModel
    answers: tuple[HeldBackAnswer, ...]

    def write(self, folder: Path) -> None:
        """Leave it in the folder of a run.

        Raises:
            CheckpointError: it can't be written.
        """
        try:
            with atomic_write(folder / COMPARISON) as temporary:
                temporary.write_bytes(msgspec.json.encode(self))
        except OSError as e:
            raise CheckpointError(
                "The comparison can't be written ({reason}): free some space.", reason=e.strerror
            ) from e


def read_comparison(folder: Path) -> HeldBackComparison | None:
    """Read what `HeldBackComparison.write` wrote; None where there was nothing to compare on.

    Raises:
        CheckpointError: it is damaged.
    """
    try:
        return msgspec.json.decode((folder / COMPARISON).read_bytes(), type=HeldBackComparison)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as e:
        raise CheckpointError(
            "The comparison in {folder} is damaged ({reason}): resume the training.", folder=folder, reason=e
        ) from e
