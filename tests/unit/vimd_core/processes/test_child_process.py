"""How the program starts itself again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vimd_core import __version__
from vimd_core.processes.child_process import child_command, vimd_command


def test_from_a_checkout_the_command_line_is_pythons() -> None:
    answer = subprocess.run(vimd_command("--version"), capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["vimd", __version__]


def test_a_packaged_app_starts_the_executable_beside_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "vimd-studio"))
    command = child_command("train", "run")
    assert Path(command[0]).parent == tmp_path
    assert Path(command[0]).stem == "vimd"
    assert command[1:] == ["child", "train", "run"]
    assert vimd_command("doctor") == [command[0], "doctor"]


def test_each_kind_of_child_is_one_command_with_other_arguments() -> None:
    assert child_command("stream") == [*child_command(), "stream"]
