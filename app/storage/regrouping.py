"""Regrouping: finds anew which captures show one thing, and writes down what has changed, in small transactions."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from app.domain.records import GroupCounts
from app.jobs import Job

if TYPE_CHECKING:
    from app.storage.project import Project

_CHUNK: Final = 5000


def regroup(project: Project, *, always: bool = False) -> GroupCounts:
    """See that the things of a project are up to date.

    Args:
        project: is written.
        always: also where no evidence has changed; labels may have, which say whether look-alikes are one thing.
    """
    if project.is_read_only or (not always and project.read(lambda unit: unit.groups.is_settled).result()):
        return project.read(lambda unit: unit.groups.counts()).result()
    found = project.read(lambda unit: unit.groups.find()).result()
    changes = iter(found.changes.items())
    while chunk := dict(itertools.islice(changes, _CHUNK)):
        project.write(lambda unit, chunk=chunk: unit.groups.note(chunk), Job.REGROUP).result()  # type: ignore[misc]
    project.write(lambda unit: unit.groups.settle(found.version), Job.REGROUP).result()
    return project.read(lambda unit: unit.groups.counts()).result()
