"""Images that appear in a folder, each once it is whole."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path
from typing import Final

import numpy as np

from vimd_core.data.decoding import decode_image
from vimd_core.data.folders import natural_key
from vimd_core.data.image_formats import IMAGE_EXTENSIONS
from vimd_core.data.passed_over import is_passed_over
from vimd_core.errors import ImageError, SourceError
from vimd_core.streaming.folder_notices import Notices
from vimd_core.streaming.frames import Frame, MissingError
from vimd_core.streaming.settings import ReadSettings

_LOOK_EVERY_S: Final = 0.25
_LOOK_ANYWAY_S: Final = 1.0
# A file that stays undecodable for so long after it stopped to grow will not become whole.
_GIVE_UP_S: Final = 10.0


class FolderGrabber:
    """The images of a folder: those that are there, then those that come.

    The file system tells of changes. Notices do not come from network drives, so now and then it looks anyway, and
    often where nobody tells; a folder that has not changed costs one call. A file counts as whole when its size and
    time have stayed for `settle_s` and it can be decoded; one that never can is skipped.

    Args:
        path: the folder; sub-folders are not looked into.
        settings: how patient to be.
    """

    is_live = False
    lost_frames = 0

    def __init__(self, path: Path, settings: ReadSettings) -> None:
        self._path = path
        self._settings = settings
        self._folder_time_ns = 0
        self._done: set[str] = set()
        self._growing: dict[str, tuple[tuple[int, int], float]] = {}
        self._whole: deque[str] = deque()
        self.skipped = 0
        self._notices = Notices(path)

    def open(self) -> None:
        """See that the folder is there; what was read before is not read again."""
        if not self._path.is_dir():
            raise MissingError(f"There is no folder {self._path}.")
        self._folder_time_ns = 0
        self._notices.start()

    def read(self) -> Frame | None:
        """The next whole image, waiting for it as long as it takes up to the read time-out.

        Returns:
            A frame; a frame of no pixels when nothing came, so that the caller can go on to wait.
        """
        deadline_s = time.monotonic() + self._settings.read_timeout_s / 2
        while True:
            while self._whole:
                name = self._whole.popleft()
                frame = self._decode(name)
                if frame is not None:
                    return frame
            if time.monotonic() > deadline_s:
                return NOTHING
            self._look()
            if not self._whole:
                is_told = self._notices.are_coming and not self._growing
                self._notices.wait(_LOOK_ANYWAY_S if is_told else _LOOK_EVERY_S)

    def close(self) -> None:
        """Be told nothing more."""
        self._notices.stop()

    def _look(self) -> None:
        try:
            changed_ns = self._path.stat().st_mtime_ns
            now_s = time.monotonic()
            # Some file systems count time in steps of 2 s: a folder that changed lately may change unseen.
            is_recent = time.time_ns() - changed_ns < 5_000_000_000
            if changed_ns == self._folder_time_ns and not is_recent and not self._growing:
                return
            self._folder_time_ns = changed_ns
            present: set[str] = set()
            with os.scandir(self._path) as entries:
                for entry in entries:
                    if self._is_new(entry):
                        present.add(entry.name)
                        status = entry.stat()
                        self._note(entry.name, (status.st_size, status.st_mtime_ns), now_s)
        except FileNotFoundError as e:
            if self._path.is_dir():
                self._folder_time_ns = 0  # one of its files went away meanwhile: the rest is looked at again
                return
            raise MissingError(f"There is no folder {self._path} any more.") from e
        except OSError as e:
            raise SourceError(f"{self._path} can't be read ({e.strerror or e}).") from e
        self._growing = {name: state for name, state in self._growing.items() if name in present}
        ready = [
            name
            for name, ((size, _), since_s) in self._growing.items()
            if size > 0 and now_s - since_s >= self._settings.settle_s
        ]
        for name in sorted(ready, key=natural_key):
            if name not in self._whole:
                self._whole.append(name)

    def _is_new(self, entry: os.DirEntry[str]) -> bool:
        name = entry.name
        if name in self._done or is_passed_over(name):
            return False
        return os.path.splitext(name)[1].lower() in IMAGE_EXTENSIONS and entry.is_file()  # noqa: PTH122

    def _note(self, name: str, state: tuple[int, int], now_s: float) -> None:
        known = self._growing.get(name)
        if known is None or known[0] != state:
            # What has not been touched for long does not have to settle first.
            age_s = max(0.0, time.time() - state[1] / 1e9) if known is None else 0.0
            self._growing[name] = (state, now_s - min(age_s, self._settings.settle_s))

    def _decode(self, name: str) -> Frame | None:
        path = self._path / name
        _, since_s = self._growing.get(name, ((0, 0), 0.0))
        try:
            image = decode_image(path)
        except ImageError:
            if time.monotonic() - since_s > max(_GIVE_UP_S, 5 * self._settings.settle_s):
                self._finish(name)
                self.skipped += 1
            return None
        self._finish(name)
        return Frame(np.ascontiguousarray(image[:, :, ::-1]), time.monotonic(), path=str(path))

    def _finish(self, name: str) -> None:
        self._done.add(name)
        self._growing.pop(name, None)


NOTHING: Final = Frame(np.zeros((0, 0, 3), np.uint8), 0.0)
"""What a watched folder gives while nothing comes."""
