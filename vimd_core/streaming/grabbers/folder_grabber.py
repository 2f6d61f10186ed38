"""Images that appear in a folder and its sub-folders, each once it is whole; the same name again is another image."""

from __future__ import annotations

import hashlib
import os
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from vimd_core.data.files.folders import natural_key
from vimd_core.data.files.hashing import CONTENT_HASH_BYTES
from vimd_core.data.files.passed_over import is_passed_over
from vimd_core.data.images.decoding import read_image
from vimd_core.data.images.formats import IMAGE_EXTENSIONS
from vimd_core.errors import ImageError, SourceError
from vimd_core.streaming.grabbers.folder_notices import Notices
from vimd_core.streaming.grabbers.frames import Frame, MissingError
from vimd_core.streaming.sources.settings import ReadSettings
from vimd_core.user_messages import Sentence, sentence

_LOOK_EVERY_S: Final = 0.25
_LOOK_ANYWAY_S: Final = 1.0
# Looking through a large folder takes a twentieth of the time at most.
_REST: Final = 20.0
# A file that stays undecodable for so long after it stopped to grow will not become whole.
_GIVE_UP_S: Final = 10.0
_NO_PIXELS: Final = np.zeros((0, 0, 3), np.uint8)

_Stamp = tuple[
    int, int, int
]  # size, time in ns, and number of the file: one that takes another's place has its own


@dataclass(frozen=True, slots=True)
class _Growing:
    """A file that is not known as it is now.

    Attributes:
        since_s: when it was first seen like that.
    """

    stamp: _Stamp
    since_s: float


@dataclass(frozen=True, slots=True)
class _Done:
    """A file that was given away, or given up; the digest is empty where it could not even be read."""

    stamp: _Stamp
    digest: bytes


class FolderGrabber:
    """The images of a folder and its sub-folders: those that are there, then those that come.

    The file system tells of changes. Notices do not come from network drives, so now and then it looks anyway, and
    often where nobody tells. A file counts as whole when its size and time have stayed for `settle_s` and it can be
    decoded; one that never can is reported. A file whose content is replaced is another image, and one that was only
    renamed or written again with the same content is none.

    Args:
        path: the folder.
        settings: how patient to be.
    """

    is_live = False

    def __init__(self, path: Path, settings: ReadSettings) -> None:
        self._path = path
        self._settings = settings
        self._done: dict[str, _Done] = {}
        self._names: dict[bytes, str] = {}  # of each content that was given away
        self._growing: dict[str, _Growing] = {}
        self._whole: deque[str] = deque()
        self._next_scan_s = 0.0
        self.lost_frames = 0
        self._notices = Notices(path)

    def open(self) -> None:
        """See that the folder is there; what was read before is not read again."""
        if not self._path.is_dir():
            raise MissingError("There is no folder {path}.", path=self._path)
        self._next_scan_s = 0.0
        self._notices.start()

    def read(self) -> Frame | None:
        """The next whole image, waiting for it as long as it takes up to the read time-out.

        Returns:
            A frame; a frame of no pixels when nothing came, so that the caller can go on to wait, or to say what could
            not be read.
        """
        deadline_s = time.monotonic() + self._settings.read_timeout_s / 2
        while True:
            while self._whole:
                frame = self._take(self._whole.popleft())
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
        if not self._path.is_dir():
            raise MissingError("The folder {path} no longer exists.", path=self._path)
        began_s = time.monotonic()
        told = self._notices.take()
        if told is None or began_s >= self._next_scan_s:
            self._growing = dict(self._looked_at(self._files(self._path)))
            cost_s = time.monotonic() - began_s
            every_s = _LOOK_ANYWAY_S if self._notices.are_coming else _LOOK_EVERY_S
            self._next_scan_s = time.monotonic() + max(every_s, _REST * cost_s)
        else:
            for path in told:
                is_folder = path != self._path and path.is_dir() and not self._is_left_out(path)
                self._growing.update(self._looked_at(self._files(path) if is_folder else [str(path)]))
            self._growing = dict(self._looked_at(list(self._growing)))
        now_s = time.monotonic()
        ready = [
            name
            for name, growing in self._growing.items()
            if growing.stamp[0] > 0 and now_s - growing.since_s >= self._settings.settle_s
        ]
        self._whole.extend(sorted(ready, key=natural_key))

    def _files(self, folder: Path) -> Iterator[str]:
        """The images in a folder and its sub-folders; what can't be read there is left out."""
        waiting = [os.fspath(folder)]
        while waiting:
            current = waiting.pop()
            try:
                with os.scandir(current) as entries:
                    for entry in entries:
                        if is_passed_over(entry.name):
                            continue
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                        elif _is_image(entry.name):
                            yield entry.path
            except FileNotFoundError:
                continue  # it went away meanwhile; of the folder itself that is said at the next look
            except OSError as e:
                if current == os.fspath(self._path):
                    raise SourceError(
                        "{path} can't be read ({reason}).", path=self._path, reason=e.strerror or e
                    ) from e

    def _is_left_out(self, path: Path) -> bool:
        return any(is_passed_over(part) for part in path.relative_to(self._path).parts)

    def _looked_at(self, names: Iterator[str] | list[str]) -> Iterator[tuple[str, _Growing]]:
        """Those of some files that are not known as they are now."""
        now_s = time.monotonic()
        for name in names:
            stamp = _stamp(name)
            if stamp is None or not _is_image(name) or self._is_left_out(Path(name)):
                continue
            done, known = self._done.get(name), self._growing.get(name)
            if done is not None and done.stamp == stamp:
                continue
            if known is not None and known.stamp == stamp:
                yield name, known
                continue
            # What has not been touched for long does not have to settle first.
            is_first = done is None and known is None
            age_s = max(0.0, time.time() - stamp[1] / 1e9) if is_first else 0.0
            yield name, _Growing(stamp, now_s - min(age_s, self._settings.settle_s))

    def _take(self, name: str) -> Frame | None:
        """A whole file's picture, or a frame that says why there is none; None while it has to be waited for."""
        growing = self._growing.get(name)
        if growing is None:
            return None
        waited_s = time.monotonic() - growing.since_s
        has_waited = waited_s > max(_GIVE_UP_S, 5 * self._settings.settle_s)
        digest, image = b"", None
        problem: Sentence | None = None
        try:
            content = Path(name).read_bytes()
            digest = hashlib.blake2b(content, digest_size=CONTENT_HASH_BYTES).digest()
            if self._is_known(name, digest):
                self._finish(name, growing.stamp, digest)
                return None
            decoded = read_image(Path(name))
            # One that lacks its end may get it yet.
            image = decoded.pixels if has_waited or not decoded.notice else None
        except ImageError as e:
            problem = e.sentence
        except OSError as e:
            problem = sentence(
                "{path} can't be read ({reason}): check its permissions and its drive.",
                path=name,
                reason=e.strerror or e,
            )
        if _stamp(name) != growing.stamp:
            return None  # it was written to meanwhile
        if image is not None:
            self._finish(name, growing.stamp, digest)
            pixels = np.ascontiguousarray(image[:, :, ::-1])
            return Frame(pixels, time.monotonic(), path=name, content_hash=digest.hex())
        if not has_waited:
            return None
        self._finish(name, growing.stamp, digest)
        self.lost_frames += 1
        return Frame(_NO_PIXELS, 0.0, notice=problem)

    def _is_known(self, name: str, digest: bytes) -> bool:
        """Whether a file holds what it held before, or is another one that was renamed."""
        done, former = self._done.get(name), self._names.get(digest)
        if done is not None and done.digest == digest:
            return True
        return former is not None and former != name and _stamp(former) is None

    def _finish(self, name: str, stamp: _Stamp, digest: bytes) -> None:
        self._done[name] = _Done(stamp, digest)
        self._names[digest] = name
        self._growing.pop(name, None)


def _is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in IMAGE_EXTENSIONS  # noqa: PTH122


def _stamp(name: str) -> _Stamp | None:
    """What tells one state of a file from another; None where there is no such file."""
    try:
        status = os.stat(name)  # noqa: PTH116 (of each file of a folder, again and again)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


NOTHING: Final = Frame(_NO_PIXELS, 0.0)
"""What a watched folder gives while nothing comes."""
