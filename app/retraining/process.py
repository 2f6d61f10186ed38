"""A training's own process: started, asked to stop and listened to by the folder of its run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.domain.errors import ProjectError
from vimd_core.processes.child_process import ATTACHED
from vimd_core.processes.locks import is_locked
from vimd_core.processes.policies import TRAINING_POLICY
from vimd_core.processes.supervision import ChildHandler, SupervisionPolicy, Supervisor
from vimd_core.training.loop.events import RetrainingEvent, read_event
from vimd_core.training.runs.files import EVENTS, LOCK, MESSAGES, OUTCOME, STOP

_LAST_WORDS: Final = 400


class TrainingProcess(ChildHandler):
    """The process that trains in the folder of a run, whoever has started it.

    To suspend it is to have it save and end; `start` resumes it from there.

    Args:
        folder: of the run, as it was prepared.
        command: how to start the child process; `train FOLDER` is added.
        policy: `TRAINING_POLICY`, or `MEASURING_POLICY` for one that ends with this program.
    """

    def __init__(
        self, folder: Path, command: Sequence[str], policy: SupervisionPolicy = TRAINING_POLICY
    ) -> None:
        self.folder = folder
        self._events = EventReader(folder)
        arguments = ["train", os.fspath(folder)] + ([] if policy.detached else [ATTACHED])
        self._supervisor = Supervisor("training", [*command, *arguments], policy, self)

    @property
    def process_id(self) -> int:
        """Its process id, 0 if this program has not started it."""
        return self._supervisor.process_id

    @property
    def is_alive(self) -> bool:
        """Whether a process trains in the folder."""
        return self._supervisor.is_running or is_alive(self.folder)

    def start(self) -> None:
        """Begin, or resume what was saved.

        Raises:
            ProjectError: it can't be started.
        """
        (self.folder / STOP).unlink(missing_ok=True)
        (self.folder / OUTCOME).unlink(missing_ok=True)
        try:
            self._supervisor.start()
        except OSError as e:
            raise ProjectError(
                "The training can't be started ({reason}): reinstall ViMD Studio.", reason=e
            ) from e

    def request_stop(self) -> None:
        """Have it save and end, which takes it some seconds."""
        self._supervisor.request_stop()

    def kill(self) -> None:
        """End it at once, and wait for that."""
        self._supervisor.stop(within_s=0.0)

    def new_events(self) -> list[RetrainingEvent]:
        """What it has told since the last call, also before this program was started."""
        return self._events.new_events()

    def closing(self) -> bytes:
        """Asks it to end by a file: it may have been started by a program that is gone."""
        (self.folder / STOP).touch()
        return b""


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

    def new_events(self) -> list[RetrainingEvent]:
        """What has been added since the last call; a line that is not complete yet is left for the next one."""
        try:
            with (self.folder / EVENTS).open("rb") as file:
                file.seek(self._offset)
                content = file.read()
        except OSError:
            return []
        end = content.rfind(b"\n") + 1
        self._offset += end
        # A line that a crash has cut off, and a resumed training has gone on behind, is none.
        return [event for line in content[:end].splitlines() if (event := read_event(line)) is not None]
