"""Projects with captures in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.storage.project import Project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Signs.vimd"


@pytest.fixture
def project(folder: Path) -> Iterator[Project]:
    opened = Project.open(folder)
    yield opened
    opened.close()


@pytest.fixture
def reopen(project: Project, folder: Path) -> Iterator[Callable[[], Project]]:
    """Close the project and open it again, as a restart does."""
    current = [project]

    def restart() -> Project:
        current[0].close()
        current[0] = Project.open(folder)
        return current[0]

    yield restart
    current[0].close()
