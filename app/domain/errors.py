"""Error classes of projects; the sentences stand where they are raised."""

from __future__ import annotations

from vimd_core.errors import VimdError


class ProjectError(VimdError):
    """A project can't be opened, read or written."""


class ProjectInUseError(ProjectError):
    """Another program holds the project."""


class ProjectClosingError(ProjectInUseError):
    """A program that is about to end still holds the project."""


class ReadOnlyProjectError(ProjectError):
    """The project can be looked at, but not changed."""


class DamagedProjectError(ProjectError):
    """The project's database is there but can't be trusted."""
