"""The folder of one training run: its log, its checkpoints, written so that a crash leaves the last good ones."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import tempfile
from pathlib import Path
from typing import Any

import torch

from vimd_core.errors import CheckpointError

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
                f"The run folder {path} can't be made ({e.strerror}): choose another."
            ) from e

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
                f"The log {self.path / LOG} can't be written ({e.strerror}): free some space."
            ) from e
        return line

    def save_last(self, state: dict[str, Any]) -> None:
        """Replace the last checkpoint, whole or not at all.

        Args:
            state: tensors and plain types only, so that it can be read back without running code.

        Raises:
            CheckpointError: it can't be written; the previous checkpoint is still there.
        """
        target = self.path / LAST_CHECKPOINT
        temporary = ""
        try:
            with tempfile.NamedTemporaryFile(dir=self.path, suffix=".part", delete=False) as file:
                temporary = file.name
                torch.save(state, file)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
        except (OSError, RuntimeError) as e:
            if temporary:
                with contextlib.suppress(OSError):
                    Path(temporary).unlink()
            raise CheckpointError(f"The checkpoint {target} can't be written ({e}): free some space.") from e

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
            raise CheckpointError(f"The checkpoint {source} is damaged: delete it to start again.") from e
        return state
