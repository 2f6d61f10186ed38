"""Common parts of the commands on a project: opening it, its lock, and how results are printed."""

from __future__ import annotations

import contextlib
import getpass
import json
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from vimd_core.errors import VimdError
from vimd_core.processes.console import stopping_signals

if TYPE_CHECKING:
    from app.storage.project import Project


def open_existing(folder: Path) -> Project:
    """A project, which nobody else has open until it is closed.

    Raises:
        VimdError: it is none, or another program has it open.
    """
    from app.locations import DATABASE_NAME
    from app.storage.project import Project

    if not (folder / DATABASE_NAME).is_file():
        raise VimdError("{folder} is not a project: give a project folder NAME.vimd.", folder=folder)
    return Project.open(folder)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Project]:
    """The same while the block runs; what was put right in it is said on stderr.

    Raises:
        VimdError: as `open_existing`.
    """
    project = open_existing(folder)
    sys.stderr.write("".join(f"{notice}\n" for notice in project.notices))
    try:
        yield project
    finally:
        project.close()


@contextlib.contextmanager
def stop_flag() -> Iterator[list[int]]:
    """A list that SIGINT, SIGTERM and SIGHUP put something into."""
    received: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        received.append(number)

    numbers = stopping_signals()
    before = [signal.signal(number, note) for number in numbers]
    try:
        yield received
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def author(given: str = "") -> str:
    """Under whose name labels are written down: as given, or else that of the user."""
    try:
        name = given or getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
    return name.encode(errors="replace").decode()  # no database holds what is no character


def print_json(event: Mapping[str, Any]) -> None:
    """Print one line of JSON."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()
