"""The folder of one training run: its log, its checkpoints, written so that a crash leaves the last good ones."""

from __future__ import annotations

import contextlib
import json
import math
import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from vimd_core.errors import CheckpointError
from vimd_core.processes.atomic_files import atomic_write

LAST_CHECKPOINT = "last.pt"
LOG = "log.jsonl"


class RunFolder:
    """Creates the folder of a run, or opens it to resume.

    Args:
        path: the folder.

    Raises:
        CheckpointError: the folder can't be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise CheckpointError(
                "The run folder {path} can't be created ({reason}): choose another.",
                path=path,
                reason=e.strerror,
            ) from e

    @property
    def has_checkpoint(self) -> bool:
        """Whether a run has been saved here, sound or not."""
        return (self.path / LAST_CHECKPOINT).exists()

    def log(self, row: dict[str, Any]) -> str:
        """Append one JSON line to the log and return it.

        Raises:
            CheckpointError: it can't be written.
        """
        line = json.dumps(row)
        try:
            with (self.path / LOG).open("a", encoding="utf-8") as log:
                log.write(line + "\n")
        except OSError as e:
            raise CheckpointError(
                "The log {path} can't be written ({reason}): free some space.",
                path=self.path / LOG,
                reason=e.strerror,
            ) from e
        return line

    def forget_log_after(self, step: int) -> None:
        """Drop the rows that a resumed run will write again, and a last one that a crash has cut off.

        Args:
            step: the last one that the checkpoint knows; -1 drops all.

        Raises:
            CheckpointError: it can't be written.
        """
        log = self.path / LOG
        if not log.exists():
            return
        try:
            kept = [line for line in log.read_text(encoding="utf-8").splitlines() if _row_step(line) <= step]
            with atomic_write(log) as temporary:
                temporary.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        except OSError as e:
            raise CheckpointError(
                "The log {log} can't be written ({reason}): free some space.", log=log, reason=e.strerror
            ) from e

    def require_no_unfinished(self) -> None:
        """Check that a new run takes no unfinished one's place.

        Raises:
            CheckpointError: the folder holds one.
        """
        try:
            last = self.load_last()
        except CheckpointError:
            return
        if last is not None and not last.get("ended", True):
            raise CheckpointError(
                "{path} contains an unfinished run: add --resume to continue it, choose another "
                "folder, or delete {last_checkpoint} there.",
                path=self.path,
                last_checkpoint=LAST_CHECKPOINT,
            )

    def remove_partial_files(self) -> None:
        """Remove what a killed run was writing when it ended."""
        for partial in self.path.glob(f".{LAST_CHECKPOINT}.*.part"):
            with contextlib.suppress(OSError):
                partial.unlink()

    def save_last(self, state: dict[str, Any]) -> None:
        """Replace the last checkpoint, whole or not at all.

        Args:
            state: tensors and plain types only, so that it can be read back without running code.

        Raises:
            CheckpointError: it can't be written; the previous checkpoint is still there.
        """
        target = self.path / LAST_CHECKPOINT
        try:
            with atomic_write(target) as temporary:
                torch.save(state, temporary)
        except (OSError, RuntimeError) as e:
            raise CheckpointError(
                "The checkpoint {target} can't be written ({reason}): free some space.",
                target=target,
                reason=e,
            ) from e

    def save_weights(self, name: str, weights: dict[str, Tensor], metadata: dict[str, str]) -> Path:
        """Write the weights that a run has led to, whole or not at all.

        Args:
            name: of the .safetensors file in the run's folder.
            weights: by key name.
            metadata: strings to store beside them.

        Returns:
            The file.

        Raises:
            CheckpointError: it can't be written.
        """
        target = self.path / name
        try:
            with atomic_write(target) as temporary:
                save_file({key: value.contiguous() for key, value in weights.items()}, temporary, metadata)
        except (OSError, SafetensorError) as e:
            raise CheckpointError(
                "The weights {target} can't be written ({reason}): free some space.", target=target, reason=e
            ) from e
        return target

    def load_last(self) -> dict[str, Any] | None:
        """The last checkpoint, or None when there is none yet.

        Raises:
            CheckpointError: it is damaged.
        """
        source = self.path / LAST_CHECKPOINT
        if not source.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(source, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as e:
            raise CheckpointError(
                "The checkpoint {source} is damaged: delete it to start again.", source=source
            ) from e
        return state


def _row_step(line: str) -> float:
    """The step that a row of the log speaks of; one that can't be read is after all."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return math.inf
