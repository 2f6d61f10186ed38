"""A screen without a person, with hands: windows are found by their titles, keys and drags come from the X server."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from smoke.drag_source import SIZE_PX, TITLE

Found = TypeVar("Found")
SCREEN: Final = "1600x1000x24"
_LOOK_S: Final = 0.1
_DRAG_STEPS: Final = 12


class SmokeTestError(Exception):
    """The packaged app did not do what it should."""


def wait_for(what: str, look: Callable[[], Found], timeout_s: float) -> Found:
    """Look again and again until there is something to see.

    Raises:
        SmokeTestError: it did not come in time.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise SmokeTestError(f"waited {timeout_s:.0f} s in vain for {what}")
        time.sleep(_LOOK_S)


class Desktop:
    """One X display."""

    def __init__(self, display: str) -> None:
        self.display = display
        self._environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}

    def window(self, title: str, timeout_s: float = 60) -> int:
        """The window whose title matches this expression, once it can be seen; keys go to it from now on."""
        window = wait_for(f"the window {title!r}", lambda: self.find(title), timeout_s)
        self.focus(window)
        return window

    def find(self, title: str) -> int:
        """The newest window whose title matches, or 0."""
        found = self._ask("search", "--onlyvisible", "--name", title).split()
        return int(found[-1]) if found else 0

    def title(self, window: int) -> str:
        """What stands above a window."""
        return self._ask("getwindowname", str(window)).strip()

    def focus(self, window: int) -> None:
        """Let a window have the keys, as a window manager does when it comes up or is clicked."""
        self._ask("windowfocus", "--sync", str(window))
        time.sleep(0.3)  # a key that comes with the focus may still go to the window before

    def keys(self, *names: str) -> None:
        """Press keys, such as "ctrl+r", one after the other."""
        for name in names:
            self._ask("key", name)
            time.sleep(_LOOK_S)

    def type(self, text: str) -> None:
        """Type a text."""
        self._ask("type", "--delay", "20", text)

    def click(self, window: int, x_px: int, y_px: int) -> None:
        """Click into a window; the place is counted from its upper left corner."""
        self._ask("mousemove", "--window", str(window), str(x_px), str(y_px))
        self._ask("click", "1")

    def place(self, window: int, x_px: int, y_px: int) -> None:
        """Move a window."""
        self._ask("windowmove", "--sync", str(window), str(x_px), str(y_px))

    def size(self, window: int) -> tuple[int, int]:
        """Width and height in pixels."""
        text = self._ask("getwindowgeometry", "--shell", window_text := str(window))
        numbers = dict(re.findall(r"(\w+)=(\d+)", text))
        if "WIDTH" not in numbers:
            raise SmokeTestError(f"the window {window_text} is gone")
        return int(numbers["WIDTH"]), int(numbers["HEIGHT"])

    def drop(self, window: int, *paths: Path, until: Callable[[], object]) -> None:
        """Drag files from another program to the middle of a window and let go.

        Args:
            window: where they go.
            paths: files and folders.
            until: says that they have come; until then the other program must stay.

        Raises:
            SmokeTestError: they were not taken.
        """
        command = [sys.executable, str(Path(__file__).with_name("drag_source.py")), *map(str, paths)]
        with subprocess.Popen(command, env=self._environment, stdout=subprocess.PIPE, text=True) as source:
            try:
                other = wait_for("the window to drag from", lambda: self.find(f"^{TITLE}$"), 60)
                width, height = self.size(window)
                self._ask("mousemove", "--window", str(other), str(SIZE_PX // 2), str(SIZE_PX // 2))
                self._ask("mousedown", "1")
                for step in range(_DRAG_STEPS):
                    place = (width // 2 + _DRAG_STEPS - step, height // 2 + _DRAG_STEPS - step)
                    self._ask("mousemove", "--window", str(window), *map(str, place))
                    time.sleep(_LOOK_S)
                if source.stdout is None or "Copy" not in source.stdout.readline():
                    raise SmokeTestError(f"the window does not take {paths}")
                self._ask("mouseup", "1")
                wait_for("what was dropped", until, 60)
            finally:
                source.kill()

    def photograph(self, path: Path) -> None:
        """Keep what is on the screen."""
        code = (
            "import sys; from PySide6.QtGui import QGuiApplication as A; a = A([]); "
            "sys.exit(not a.primaryScreen().grabWindow(0).save(sys.argv[1]))"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-c", code, str(path)], env=self._environment, check=False)

    def _ask(self, *arguments: str) -> str:
        return subprocess.run(
            ["xdotool", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        ).stdout


@contextlib.contextmanager
def desktop() -> Iterator[Desktop]:
    """Start an X server that draws into memory, and end it."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as numbers:
            number = numbers.readline().strip()
        if not number:
            raise SmokeTestError("Xvfb does not start")
        yield Desktop(f":{number}")
    finally:
        server.terminate()
        server.wait()
