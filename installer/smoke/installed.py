"""The package on a machine of its own: an empty root, an account without anything, and no network."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from smoke.desktop import SmokeTestError, wait_for

PACKAGE_PLACE: Final = "usr/lib/vimd-studio"
END_TIMEOUT_S: Final = 60


class Installation:
    """An installed package and an account that uses it.

    Args:
        folder: empty; everything that this makes is in it.
        display: X display of the window.
    """

    def __init__(self, folder: Path, display: str) -> None:
        self.root = folder / "root"
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.program = self.root / PACKAGE_PLACE
        self.samples = self.program / "_internal/resources/samples"
        self.project = self.home / ".local/share/ViMD Studio/My captures.vimd"
        self.logs = self.project.parent / "logs"
        self.package = ""
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        # Nothing of this machine's Python or settings, and no program to fall back on.
        self.environment = {
            "HOME": str(self.home),
            "DISPLAY": display,
            "XDG_RUNTIME_DIR": str(runtime),
            "LANG": "C.UTF-8",
            "PATH": "/nonexistent",
        }
        self._no_network = _without_network()

    def install(self, package: Path) -> str:
        """Install by dpkg into the empty root; says how it was done."""
        admin = self.root / "var/lib/dpkg"
        for name in ("info", "updates", "triggers"):
            (admin / name).mkdir(parents=True)
        (admin / "status").touch()
        asked = subprocess.run(
            ["dpkg-deb", "-f", package, "Package"], capture_output=True, text=True, check=True
        )
        self.package = asked.stdout.strip()
        self._dpkg("--install", str(package))
        return "by dpkg into an empty root" + (", without a network" if self._no_network else "")

    def uninstall(self) -> None:
        """Remove the package."""
        self._dpkg("--remove", self.package)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the window."""
        return subprocess.Popen(
            [*self._no_network, str(self.root / "usr/bin/vimd-studio"), *arguments],
            env=self.environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the headless executable to its end."""
        command = [*self._no_network, str(self.root / "usr/bin/vimd"), *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=self.home, capture_output=True, text=True, check=False
        )

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the project's database, without writing; nothing while it is not there yet."""
        database = self.project / "project.sqlite"
        try:
            with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
                return connection.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []

    def number(self, sql: str) -> int:
        """The one number that a query gives, or 0."""
        rows = self.query(sql)
        return int(rows[0][0] or 0) if rows else 0

    def _dpkg(self, *arguments: str) -> None:
        command = [
            "dpkg",
            f"--root={self.root}",
            "--force-depends",
            "--force-not-root",
            "--force-script-chrootless",
        ]
        path = "/usr/sbin:/usr/bin:/sbin:/bin"
        ended = subprocess.run(
            [*command, *arguments], env={"PATH": path}, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise SmokeTestError(f"dpkg {arguments[0]}: {ended.stderr}")


def children(process_id: int, marker: str) -> list[int]:
    """Processes below this one whose command line has a word."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            parents[int(entry.name)] = int(fields[1])
    below = {process_id}
    while more := {child for child, parent in parents.items() if parent in below} - below:
        below |= more
    return sorted(child for child in below - {process_id} if marker in _words(child))


def _words(process_id: int) -> list[str]:
    try:
        return Path(f"/proc/{process_id}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def is_alive(process_id: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end_of(process: subprocess.Popen[str], *, expected: int = 0) -> str:
    """Wait for the end of the window, which must leave no process behind; returns what it said on stderr."""
    below = children(process.pid, "child")
    _, said = process.communicate(timeout=END_TIMEOUT_S)
    if process.returncode != expected:
        raise SmokeTestError(f"the window ended with {process.returncode}: {said}")
    if "Traceback" in said:
        raise SmokeTestError(f"the window said: {said}")
    wait_for("the end of the child processes", lambda: not any(map(is_alive, below)), END_TIMEOUT_S)
    return said


def end_at_once(process: subprocess.Popen[str]) -> None:
    """Whatever has happened: leave no process behind."""
    for child in children(process.pid, "child"):
        _kill(child)
    process.kill()
    process.wait()


def _kill(process_id: int) -> None:
    try:
        os.kill(process_id, signal.SIGKILL)
    except ProcessLookupError:
        time.sleep(0)


def _without_network() -> list[str]:
    """What to put before a command so that it has no network; nothing where that is not allowed."""
    command = ["unshare", "--net", "--"]
    if shutil.which("unshare") is None:
        return []
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return [str(shutil.which("unshare")), *command[1:]] if tried.returncode == 0 else []
