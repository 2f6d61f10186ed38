"""The file of the teacher's answers in the folder of a run: a run that is resumed learns the same answers again.

Sizes: N captures, T classes named for each.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from vimd_core.errors import CheckpointError
from vimd_core.processes.atomic_files import atomic_write

ANSWERS: Final = "teacher_answers.npz"


@dataclass(frozen=True)
class StoredAnswers:
    """What the project's teacher said.

    Attributes:
        keys: (N,) int64 captures, ascending.
        classes: (N, T) int32 places of the likeliest classes among those of the new model, the likeliest first.
        probabilities: (N, T) float16, calibrated.
        method: what answered.
        accuracy: share of its answers on captures without a label that are expected to be right; below 0 where that
            can't be told.
    """

    keys: npt.NDArray[np.int64]
    classes: npt.NDArray[np.int32]
    probabilities: npt.NDArray[np.float16]
    method: str
    accuracy: float

    @property
    def fingerprint(self) -> str:
        """Equal for equal answers."""
        digest = hashlib.blake2b(digest_size=16)
        for part in (self.keys, self.classes, self.probabilities):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()

    def write(self, folder: Path) -> None:
        """Keep them in the folder of a run.

        Raises:
            CheckpointError: they can't be written.
        """
        facts = json.dumps({"method": self.method, "accuracy": self.accuracy})
        try:
            with atomic_write(folder / ANSWERS) as temporary, temporary.open("wb") as file:
                np.savez_compressed(
                    file,
                    keys=self.keys,
                    classes=self.classes,
                    probabilities=self.probabilities,
                    facts=np.array(facts),
                )
        except OSError as e:
            raise CheckpointError(
                "The teacher's answers can't be written to {folder} ({reason}): free some disk space.",
                folder=folder,
                reason=e.strerror or e,
            ) from e


def read_answers(folder: Path) -> StoredAnswers | None:
    """What `StoredAnswers.write` has left in the folder of a run; None when there is nothing, or it is damaged."""
    try:
        with np.load(folder / ANSWERS, allow_pickle=False) as stored:
            facts = json.loads(str(stored["facts"]))
            return StoredAnswers(
                stored["keys"],
                stored["classes"],
                stored["probabilities"],
                str(facts["method"]),
                float(facts["accuracy"]),
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
