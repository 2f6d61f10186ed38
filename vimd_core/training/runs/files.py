"""What a training process and the program that has started it find in the folder of a run. Torch-free.

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

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from vimd_core.processes.atomic_files import whole_file

RECIPE: Final = "recipe.toml"
PLAN: Final = "place.json"
LOCK: Final = "training.lock"
EVENTS: Final = "events.jsonl"
MESSAGES: Final = "messages.txt"
STOP: Final = "stop"
COMPARISON: Final = "comparison.json"
OUTCOME: Final = "outcome.json"
RESULT: Final = "student.safetensors"
FINISHED: Final = "finished"
STOPPED: Final = "stopped"
FAILED: Final = "failed"


@dataclass(frozen=True, kw_only=True)
class TrainingPlan:
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
        with whole_file(folder / PLAN) as temporary:
            temporary.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> TrainingPlan:
        """Read what `write` wrote."""
        return cls(**json.loads((folder / PLAN).read_text(encoding="utf-8")))


def read_outcome(folder: Path) -> dict[str, Any] | None:
    """How a training ended; None when it has left no word."""
    try:
        outcome: dict[str, Any] = json.loads((folder / OUTCOME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return outcome
