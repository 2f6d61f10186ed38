"""Folders of the app (user data, cache): where it keeps what is not in a project that the user has placed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

HOME_VARIABLE: Final = "VIMD_HOME"
PROJECT_SUFFIX: Final = ".vimd"
DATABASE_NAME: Final = "project.sqlite"


def data_folder() -> Path:
    """The app's own folder: the environment variable VIMD_HOME, or the platform's place for it."""
    override = os.environ.get(HOME_VARIABLE)
    return Path(override).absolute() if override else user_data_path("ViMD Studio", appauthor=False)


def default_project_folder() -> Path:
    """The project that is used when none was chosen."""
    return data_folder() / f"My captures{PROJECT_SUFFIX}"


def is_project(path: Path) -> bool:
    """Whether a path looks like a project of ours."""
    return path.suffix == PROJECT_SUFFIX and (path / DATABASE_NAME).is_file()


def log_folder() -> Path:
    """Where the window keeps its log, and what is left of it when it crashes."""
    return data_folder() / "logs"


def settings_file() -> Path:
    """Where the window remembers how it looked."""
    return data_folder() / "settings.ini"
