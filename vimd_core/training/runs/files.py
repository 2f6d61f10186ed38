"""File names in the folder of a run, for its process and the program that has started it. Torch-free.

They speak through these files alone, so that neither depends on the other's life:

- `recipe.toml`, and the manifest and the list of classes that it names, are there before the process starts;
- `place.json` says where to compute and what to compare the result with (`TrainingPlan`);
- `training.lock` is held as long as the process lives;
- `events.jsonl` grows by one JSON line for each event; what is said for people goes to `messages.txt`;
- `stop` asks to save and end, as soon as it is there;
- `comparison.json` holds the answers of the old and the new model on captures that neither has learnt from;
- `outcome.json` says how it ended; without one, and with nobody holding the lock, the process has died.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import msgspec

from vimd_core.processes.atomic_files import atomic_write
from vimd_core.user_messages import Sentence, sentence_from_json

RECIPE: Final = "recipe.toml"
PLAN: Final = "place.json"
LOCK: Final = "training.lock"
EVENTS: Final = "events.jsonl"
MESSAGES: Final = "messages.txt"
STOP: Final = "stop"
COMPARISON: Final = "comparison.json"
OUTCOME: Final = "outcome.json"
RESULT: Final = "student.safetensors"
FINISHED: Final[Literal["finished"]] = "finished"
STOPPED: Final[Literal["stopped"]] = "stopped"
FAILED: Final[Literal["failed"]] = "failed"


class TrainingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how a training runs, beside its recipe.

    Attributes:
        device: as for `vimd distill`.
        threads: processor threads; 0 takes all that are free but one.
        checkpoint_minutes: time between checkpoints inside of an epoch.
        baseline: model that the result is compared with; "" compares with none.
        held_back: manifest of captures for that (JSON lines with key, path, group, and the right output of the new and
            of the old model, -1 when it has none); "" for none.
        measure_s: stop after so many seconds of learning, to measure the speed; 0 trains to the end.
    """

    device: str = "auto"
    threads: int = 0
    checkpoint_minutes: float = 1.0
    baseline: str = ""
    held_back: str = ""
    measure_s: float = 0.0

    def write(self, folder: Path) -> None:
        """Put it into the folder of a run."""
        with atomic_write(folder / PLAN) as temporary:
            temporary.write_bytes(msgspec.json.encode(self))

    @classmethod
    def read(cls, folder: Path) -> TrainingPlan:
        """Read what `write` wrote."""
        return msgspec.json.decode((folder / PLAN).read_bytes(), type=cls)


class Outcome(msgspec.Struct, frozen=True):
    """How a training ended.

    Attributes:
        kind: `FINISHED`, `STOPPED` or `FAILED`.
        message: why it failed, in English.
        sentence: the same as `Sentence.to_json` gives it; older versions wrote none.
    """

    kind: Literal["finished", "stopped", "failed"]
    message: str = ""
    sentence: str = ""

    @property
    def reason(self) -> Sentence:
        """Why it failed."""
        return sentence_from_json(self.sentence or self.message)

    @classmethod
    def failure(cls, reason: Sentence) -> Outcome:
        """It failed."""
        return cls(FAILED, str(reason), reason.to_json())

    def write(self, folder: Path) -> None:
        """Leave it in the folder of a run."""
        with atomic_write(folder / OUTCOME) as temporary:
            temporary.write_bytes(msgspec.json.encode(self))


def read_outcome(folder: Path) -> Outcome | None:
    """How a training ended; None when it has left no word."""
    try:
        return msgspec.json.decode((folder / OUTCOME).read_bytes(), type=Outcome)
    except (OSError, msgspec.MsgspecError):
        return None
