"""Starting, stopping and listening to a training's own process, by its folder alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.domain.errors import ProjectError
from vimd_core.processes.locks import is_locked
from vimd_core.training.runs.files import EVENTS, LOCK, MESSAGES, OUTCOME, STOP

_LAST_WORDS: Final = 400


def start_training(folder: Path, command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start the process of a run; it lives on when this one ends.

    Args:
        folder: of the run, as it was prepared.
        command: how to start the child process; `train FOLDER` is added.

    Raises:
        ProjectError: it can't be started.
    """
    (folder / STOP).unlink(missing_ok=True)
    (folder / OUTCOME).unlink(missing_ok=True)
    # A session, or a process group, of its own: what ends this program by a signal must not end the training.
    # Windows' own; the window of a packaged app has no console, and its child would open one.
    flags: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(
        subprocess, "CREATE_NO_WINDOW", 0
    )
    try:
        return subprocess.Popen(
            [*command, "train", os.fspath(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=sys.platform != "win32",
            creationflags=flags,
            close_fds=True,
        )
    except OSError as e:
        raise ProjectError(
            "The training can't be started ({reason}): install ViMD Studio again.", reason=e
        ) from e


def ask_to_stop(folder: Path) -> None:
    """Have a training save and end, which takes it some seconds."""
    (folder / STOP).touch()


def is_alive(folder: Path) -> bool:
    """Whether a process trains in a folder, whoever has started it."""
    return is_locked(folder / LOCK)


def last_words(folder: Path) -> str:
    """The end of what a training has said for people."""
    try:
        return (folder / MESSAGES).read_text(encoding="utf-8", errors="replace")[-_LAST_WORDS:].strip()
    except OSError:
        return ""


@dataclass
class EventReader:
    """Reads the events of a run as they come, from the first one on; also those of before this program was started."""

    folder: Path
    _offset: int = field(default=0, init=False)

    def new_events(self) -> list[dict[str, Any]]:
        """What has been added since the last call; a line that is not complete yet is left for the next one."""
        try:
            with (self.folder / EVENTS).open("rb") as file:
                file.seek(self._offset)
                content = file.read()
        except OSError:
            return []
        end = content.rfind(b"\n") + 1
        self._offset += end
        events = []
        for line in content[:end].splitlines():
            try:
                event = json.loads(line)
            except ValueError:  # cut off by a crash, and then gone on behind it
                continue
            if isinstance(event, dict) and "event" in event:
                events.append(event)
        return events
