"""A machine with the library alone: window and projects say what to install."""

from __future__ import annotations

from pathlib import Path

import pytest
from missing_libraries import DATABASE, WINDOW, run_without

from app.commands.missing_parts import PROJECTS, naming_missing_parts

_VIMD = "from vimd_core.cli import main; sys.exit(main(sys.argv[1:]))"


def test_the_window_says_what_to_install() -> None:
    ended = run_without(WINDOW, "from app.__main__ import run; sys.exit(run())")
    assert ended.returncode == 1 and ended.stdout == ""
    assert ended.stderr == (
        "vimd-studio: The window needs PySide6, which is not installed: run pip install 'vimd-studio[app]'.\n"
    )


def test_a_command_on_projects_says_what_to_install(tmp_path: Path) -> None:
    ended = run_without((*WINDOW, *DATABASE), _VIMD, "project", "new", tmp_path / "a.vimd")
    assert ended.returncode == 1
    assert ended.stderr == (
        "vimd: Projects need sqlalchemy, which is not installed: run pip install 'vimd-studio[projects]'.\n"
    )


def test_projects_work_without_the_window(tmp_path: Path) -> None:
    ended = run_without(WINDOW, _VIMD, "project", "new", tmp_path / "a.vimd")
    assert ended.returncode == 0, ended.stderr
    listed = run_without(WINDOW, _VIMD, "project", "list", tmp_path / "a.vimd")
    assert listed.returncode == 0 and "active model" in listed.stdout, listed.stderr


def test_a_module_that_no_extra_brings_is_a_fault() -> None:
    with pytest.raises(ModuleNotFoundError), naming_missing_parts(PROJECTS):
        raise ModuleNotFoundError("No module named 'app.nothing'", name="app.nothing")
