"""What was measured, a line of JSON for each step, so that an interrupted run goes on where it was."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vimd_core.errors import DatasetError


@dataclass(frozen=True)
class StepKey:
    """Which step.

    Attributes:
        set: name of the set.
        seed: of the split and of all choices.
        chooser: who chose the labels.
        labels: how many.
        row: what is measured.
        protocol: "accuracy", or "none of these" where a third of the classes is never labelled.
    """

    set: str
    seed: int
    chooser: str
    labels: int
    row: str
    protocol: str = "accuracy"


@dataclass(frozen=True)
class Step:
    """A step and its figures, by name."""

    key: StepKey
    figures: Mapping[str, Any] = field(default_factory=dict)


class StepLog:
    """Steps that are known, and the file that each new one is added to.

    Args:
        path: of the log, which may exist; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._steps = {} if path is None or not path.exists() else {one.key: one for one in read_steps(path)}

    def __contains__(self, key: StepKey) -> bool:
        return key in self._steps

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps.values())

    def add(self, key: StepKey, figures: Mapping[str, Any]) -> None:
        """Keep a step at once: it counts for itself, whatever becomes of the rest."""
        self._steps[key] = Step(key, figures)
        line = json.dumps({**vars(key), **figures})
        sys.stderr.write(f"{line}\n")
        if self._path is not None:
            with self._path.open("a+", encoding="utf-8") as file:
                file.write(f"{_end_torn_line(self._path)}{line}\n")


def read_steps(path: Path) -> list[Step]:
    """All whole lines of a log.

    Raises:
        DatasetError: it can't be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as e:
        raise DatasetError("{path} can't be read.", path=path) from e
    names = StepKey.__dataclass_fields__
    steps = []
    for line in text.splitlines():
        try:
            values = json.loads(line)
        except json.JSONDecodeError:  # a line that a killed run has left unfinished
            continue
        key = StepKey(**{name: values[name] for name in names})
        steps.append(Step(key, {name: value for name, value in values.items() if name not in names}))
    return steps


def _end_torn_line(path: Path) -> str:
    with path.open("rb") as file:
        if file.seek(0, 2) == 0:
            return ""
        file.seek(-1, 2)
        return "" if file.read() == b"\n" else "\n"
