"""A model answers also where no compiled kernel can be kept: a read-only home, a program of root's, a full disk."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from unprivileged import allow_writing, forbid_writing, run

import vimd_core

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="permissions and mounts of Linux")


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "capture.png"
    Image.fromarray(np.full((12, 12, 3), 90, np.uint8)).save(path)
    return path


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Path]:
    """The program as root has installed it: nobody may write there."""
    site = tmp_path / "site"
    shutil.copytree(
        Path(vimd_core.__file__).parent,
        site / "vimd_core",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    forbid_writing(site)
    yield site
    allow_writing(site)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home that can't be written to."""
    home = tmp_path / "home"
    home.mkdir()
    forbid_writing(home)
    yield home
    allow_writing(home)


def surroundings(site: Path, home: Path, temporary: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("XDG_", "NUMBA_", "PYTHON")) and name not in ("TMP", "TEMP")
    }
    return kept | {"PYTHONPATH": str(site), "HOME": str(home), "TMPDIR": str(temporary)}


def answers(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [row["class"] for row in csv.DictReader(io.StringIO(done.stdout))]


def test_a_read_only_home_takes_a_folder_of_ones_own_below_the_temporary_one(
    tmp_path: Path, installed: Path, home: Path, capture: Path, tiny_bundle: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    given = {"env": surroundings(installed, home, temporary), "cwd": tmp_path}
    done = run("classify", capture, "--model", tiny_bundle, "--device", "cpu", **given)
    assert len(answers(done)) == 1
    (own,) = temporary.glob("vimd-studio*")
    assert own.stat().st_mode & 0o777 == 0o700 and list(own.rglob("*.nbc"))
    assert f"Compiled kernels are cached in {own}" in done.stderr and "permission denied" in done.stderr
    doctor = run("doctor", **given)
    assert f"Compiled kernels are cached in {own}" in doctor.stdout and "Traceback" not in doctor.stderr


def test_without_any_place_kernels_are_compiled_at_each_start(
    tmp_path: Path, installed: Path, home: Path, capture: Path, tiny_bundle: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    # A folder that another user has laid there could hold code of theirs: it is not used.
    (temporary / f"vimd-studio-{os.getuid()}").mkdir(mode=0o700)
    (temporary / f"vimd-studio-{os.getuid()}").chmod(0o777)
    done = run(
        *("classify", capture, "--model", tiny_bundle, "--device", "cpu"),
        env=surroundings(installed, home, temporary),
        cwd=tmp_path,
    )
    assert len(answers(done)) == 1
    assert "Kernels are recompiled at each start" in done.stderr
    assert not list(tmp_path.rglob("*.nbc"))


_ON_A_FULL_DISK = """
set -e
mount -t tmpfs -o size=256k tmpfs {disk}
dd if=/dev/zero of={disk}/ballast bs=1k count=10000 2>/dev/null || true
exec {python} -m vimd_core classify {capture} --model {model} --device cpu
"""


def test_a_full_disk_is_no_reason_not_to_answer(tmp_path: Path, capture: Path, tiny_bundle: Path) -> None:
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no name spaces here")
    disk = tmp_path / "disk"
    disk.mkdir()
    script = _ON_A_FULL_DISK.format(disk=disk, python=sys.executable, capture=capture, model=tiny_bundle)
    own = {"NUMBA_CACHE_DIR": str(disk / "kernels")}
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=240,
        env=surroundings(Path(vimd_core.__file__).parents[1], disk, disk) | own,
    )
    assert len(answers(done)) == 1
    assert "no space left on device" in done.stderr and "kernels are" in done.stderr.lower()
