"""The trainer state in a checkpoint, and whether a checkpoint belongs to a run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from vimd_core.errors import CheckpointError

_SHOWN_AT_MOST: Final = 3


@dataclass
class TrainerState:
    """What changes while a run goes on, but weights and optimiser.

    Attributes:
        best_weights: averaged weights of the best epoch, by key name, on the CPU.
        step: optimiser steps that are done.
        epochs_closed: epochs that are done with their validation.
        best: validation accuracy of the best epoch, a fraction.
        best_epoch: its number, from 1; 0 before the first.
        seconds: spent on it, all parts together.
        ended: whether nothing is left to do.
    """

    best_weights: dict[str, Tensor]
    step: int = 0
    epochs_closed: int = 0
    best: float = -math.inf
    best_epoch: int = 0
    seconds: float = 0.0
    ended: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain types and tensors; the tensors are shared, not copied."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> TrainerState:
        """Rebuild what `to_dict` gave."""
        return cls(**{field.name: saved[field.name] for field in fields(cls)})


def require_same_run(path: Path, saved: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    """Check that a checkpoint was made by this very training.

    Args:
        path: folder of the run, for messages.
        saved: the checkpoint, with the entries config, data and origin.
        present: the same entries of the training that wants to resume it; `origin_before` if need be.

    Raises:
        CheckpointError: settings, data or the files it started from are others.
    """
    before = {**present["origin"], **present.get("origin_before", {})}
    try:
        settings = list(_differences(saved["config"], present["config"]))
        origins = sorted(
            role
            for role in saved["origin"].keys() | present["origin"].keys()
            if saved["origin"].get(role) not in (present["origin"].get(role), before.get(role))
        )
        other_data = saved["data"] != present["data"]
    except (KeyError, AttributeError) as e:
        raise CheckpointError(
            "The run in {path} was started by another version of ViMD: start again in another folder.",
            path=path,
        ) from e
    if settings:
        shown = ", ".join(settings[:_SHOWN_AT_MOST]) + (", ..." if len(settings) > _SHOWN_AT_MOST else "")
        raise CheckpointError(
            "The run in {path} was started with other settings ({shown}): use those, or another folder.",
            path=path,
            shown=shown,
        )
    if origins:
        raise CheckpointError(
            "The run in {path} was started from another file ({origins}): give that one, or use "
            "another folder.",
            path=path,
            origins=", ".join(origins),
        )
    if other_data:
        raise CheckpointError(
            "The run in {path} was started with other images or labels: use those, or start again in "
            "another folder.",
            path=path,
        )


def _differences(saved: Mapping[str, Any], present: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name in sorted(saved.keys() | present.keys()):
        before, now = saved.get(name), present.get(name)
        if isinstance(before, dict) and isinstance(now, dict):
            yield from _differences(before, now, f"{prefix}{name}.")
        elif before != now:
            yield f"{prefix}{name} was {before!r} and is {now!r}"
