"""Pixel cache of a training: all captures decoded once, in memory where they fit, else in a file. Torch-free.

Sizes: S, side of the square that a network reads, in px; a capture whose file is smaller is kept smaller.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from vimd_core.data.files.hashing import content_hash
from vimd_core.data.images.decoding import decode_image
from vimd_core.data.images.resizing import resize_to
from vimd_core.errors import DatasetError, ImageError
from vimd_core.processes.atomic_files import atomic_write
from vimd_core.processes.runtime import available_cores
from vimd_core.user_messages import Sentence, sentence

_PIXELS: Final = ".pixels"
_INDEX: Final = ".json"
_NAME: Final = "captures-"
DEFAULT_MEMORY_BYTES: Final = 2 * 2**30
"""Holds 40,000 captures of 128 px."""
_CHANNELS: Final = 3
# Sides come in this many steps, so that a batch is enlarged in a few groups instead of image by image.
_SIDES: Final = 16
# Part of what an index is valid for: to be raised when the pixels of the same files would come out differently.
_FORMAT: Final = 2
_READ_AHEAD: Final = 64


class ProgressCallback(Protocol):
    """Is told how far a job is; may raise `CancelledError` to end it."""

    def __call__(self, done: int, total: int, /) -> None:
        """So many of so many captures are read."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What was learnt about a file while it was read.

    Attributes:
        width_px: width of its image; 0 when it can't be read.
        height_px: height of its image; 0 when it can't be read.
        content: hash of its bytes; empty when it can't be read.
        error: why it can't be read; None when it was.
    """

    width_px: int = 0
    height_px: int = 0
    content: str = ""
    error: Sentence | None = None

    @property
    def shorter_px(self) -> int:
        """The shorter side."""
        return min(self.width_px, self.height_px)


class _Index(msgspec.Struct):
    """What a file of pixels holds: the side of each square, 0 for what can't be read, and what was learnt of it."""

    sides: list[int]
    facts: list[ImageFacts]


class PixelStore:
    """Pixels by index, in the order of the files.

    Args:
        size_px: S.
        facts: of each file.
        images: of each file (3, side, side) uint8, or None for one that can't be read.
        in_memory: whether they are, rather than in a file.
    """

    def __init__(
        self,
        size_px: int,
        facts: Sequence[ImageFacts],
        images: Sequence[npt.NDArray[np.uint8] | None],
        *,
        in_memory: bool,
    ) -> None:
        self.size_px = size_px
        self.facts = tuple(facts)
        self.in_memory = in_memory
        self._images = images

    def __len__(self) -> int:
        return len(self.facts)

    @property
    def nbytes(self) -> int:
        """Bytes of all pixels."""
        return sum(0 if image is None else image.nbytes for image in self._images)

    def image(self, index: int) -> npt.NDArray[np.uint8]:
        """(3, side, side) uint8 RGB, side at most S; not to be written to.

        Raises:
            DatasetError: the file could not be read.
        """
        image, error = self._images[index], self.facts[index].error
        if error is not None:
            raise DatasetError.of(error)
        assert image is not None
        return image


def load_pixels(
    paths: Sequence[Path],
    size_px: int,
    *,
    folder: Path | None = None,
    memory_bytes: int = DEFAULT_MEMORY_BYTES,
    threads: int | None = None,
    progress: ProgressCallback | None = None,
) -> PixelStore:
    """Decode files in threads; a file that can't be read is a fact about it, not an error.

    Args:
        paths: the files.
        size_px: S.
        folder: where the pixels are kept when they need more than the memory; the file is used again by a later
            call with the same, unchanged files. None keeps them in memory in any case.
        memory_bytes: most memory for the pixels.
        threads: files read at the same time; one for each core when None.
        progress: is told after each file.

    Raises:
        DatasetError: the folder has no room.
        CancelledError: `progress` raised it; nothing is left behind.
    """
    key = _key(paths, size_px)
    if folder is not None:
        known = _reopen(folder, key, size_px)
        if known is not None:
            if progress is not None:
                progress(len(paths), len(paths))
            return known
    facts: list[ImageFacts] = []
    images: list[npt.NDArray[np.uint8] | None] = []
    held_bytes = 0
    with contextlib.ExitStack() as stack:
        spill: _Spill | None = None
        for fact, image in stack.enter_context(_decoded(paths, size_px, threads)):
            facts.append(fact)
            images.append(image)
            held_bytes += 0 if image is None else image.nbytes
            if folder is not None and (spill is not None or held_bytes > memory_bytes):
                if spill is None:
                    spill = stack.enter_context(_Spill.open(folder, key))
                spill.write(images)
                images = []
            if progress is not None:
                progress(len(facts), len(paths))
        if spill is None or folder is None:
            return PixelStore(size_px, facts, images, in_memory=True)
        spill.finish(facts)
    reopened = _reopen(folder, key, size_px)
    if reopened is None:
        raise DatasetError(
            "The pixel cache in {folder} was changed while it was written: start again.", folder=folder
        )
    return reopened


def square_side(width_px: int, height_px: int, size_px: int) -> int:
    """Side that an image is kept at: its longer side, a little up, and at most `size_px`."""
    step = max(1, size_px // _SIDES)
    return min(size_px, -(-max(width_px, height_px) // step) * step)


def _decode(path: Path, size_px: int) -> tuple[ImageFacts, npt.NDArray[np.uint8] | None]:
    try:
        pixels = decode_image(path)
        content = content_hash(path)
    except ImageError as e:
        return ImageFacts(error=e.sentence), None
    except OSError as e:
        return ImageFacts(
            error=sentence(
                "{path} can't be read ({reason}): check its drive.",
                path=path,
                reason=e.strerror,
            )
        ), None
    height, width = pixels.shape[:2]
    square = resize_to(pixels, square_side(width, height, size_px))
    # (side, side, 3) -> (3, side, side), as networks read it.
    return ImageFacts(width, height, content), np.ascontiguousarray(square.transpose(2, 0, 1))


_Decoded = tuple[ImageFacts, npt.NDArray[np.uint8] | None]


@contextlib.contextmanager
def _decoded(paths: Sequence[Path], size_px: int, threads: int | None) -> Iterator[Iterator[_Decoded]]:
    """Results in the order of the files, some files ahead of the reader."""
    pool = ThreadPoolExecutor(threads or available_cores(), thread_name_prefix="vimd-decode")

    def results() -> Iterator[_Decoded]:
        remaining = iter(paths)
        waiting: deque[Future[_Decoded]] = deque()
        while True:
            for path in itertools.islice(remaining, _READ_AHEAD - len(waiting)):
                waiting.append(pool.submit(_decode, path, size_px))
            if not waiting:
                return
            yield waiting.popleft().result()

    try:
        yield results()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Spill:
    """A file that pixels are appended to. The key is part of its name, so that processes that train together and write
    the same at the same time do not disturb each other.

    Args:
        folder: of the run.
        file: to append to.
    """

    def __init__(self, folder: Path, file: BinaryIO) -> None:
        self._folder = folder
        self._file = file
        self._sides: list[int] = []
        self._index = b""

    @classmethod
    @contextlib.contextmanager
    def open(cls, folder: Path, key: str) -> Iterator[_Spill]:
        """Puts the pixels into the folder, and then their index, when the block ends without error.

        Raises:
            DatasetError: there is no room.
        """
        with contextlib.ExitStack() as stack:
            with _needs_room(folder):
                folder.mkdir(parents=True, exist_ok=True)
                temporary = stack.enter_context(atomic_write(_file(folder, key, _PIXELS)))
                file = temporary.open("wb")
                stack.callback(_close, file)
            spill = cls(folder, file)
            yield spill
            with _needs_room(folder):
                file.flush()
                stack.close()
                # Without an index no pixels are trusted, so a crash before this costs time only.
                with atomic_write(_file(folder, key, _INDEX)) as temporary:
                    temporary.write_bytes(spill._index)
            _remove_others(folder, key)

    def write(self, images: Sequence[npt.NDArray[np.uint8] | None]) -> None:
        """Append pixels; None for a file that can't be read."""
        with _needs_room(self._folder):
            for image in images:
                self._sides.append(0 if image is None else image.shape[-1])
                if image is not None:
                    self._file.write(image.data)

    def finish(self, facts: Sequence[ImageFacts]) -> None:
        """Say what the pixels are of."""
        self._index = msgspec.json.encode(_Index(self._sides, list(facts)))


def _file(folder: Path, key: str, suffix: str) -> Path:
    return folder / f"{_NAME}{key}{suffix}"


def _remove_others(folder: Path, key: str) -> None:
    """Pixels of earlier files, or of the same ones before they were changed."""
    for path in folder.glob(f"{_NAME}*"):
        if path.suffix in (_PIXELS, _INDEX) and path.stem != _NAME + key:
            with contextlib.suppress(OSError):
                path.unlink()


def _close(file: BinaryIO) -> None:
    """Close what was flushed, or will be deleted: a full disk has been reported by then."""
    with contextlib.suppress(OSError):
        file.close()


@contextlib.contextmanager
def _needs_room(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as e:
        raise DatasetError(
            "The pixel cache can't be written to {folder} ({reason}): free some disk space.",
            folder=folder,
            reason=e.strerror or e,
        ) from e


def _reopen(folder: Path, key: str, size_px: int) -> PixelStore | None:
    """The pixels that an earlier call has left, if they are those of the same files."""
    try:
        index = msgspec.json.decode(_file(folder, key, _INDEX).read_bytes(), type=_Index)
        pixels = _file(folder, key, _PIXELS)
        sides, facts = index.sides, index.facts
        ends = list(itertools.accumulate(_CHANNELS * side * side for side in sides))
        if pixels.stat().st_size != ends[-1] or len(facts) != len(sides):
            return None
        mapped = np.memmap(pixels, dtype=np.uint8, mode="r").view(np.ndarray)
    except (OSError, ValueError, IndexError, msgspec.DecodeError):
        return None  # nothing there, or damaged: it is made again
    images = [
        mapped[end - _CHANNELS * side * side : end].reshape(_CHANNELS, side, side) if side else None
        for side, end in zip(sides, ends, strict=True)
    ]
    return PixelStore(size_px, facts, images, in_memory=False)


def _key(paths: Sequence[Path], size_px: int) -> str:
    """Changes with the files, their order and contents as far as size and time tell, and the size of the squares."""
    digest = hashlib.blake2b(json.dumps([_FORMAT, size_px, len(paths)]).encode(), digest_size=16)
    for path in paths:
        try:
            status = os.stat(path)  # noqa: PTH116 - half the time of Path.stat, over 100,000 files
            known = f"{status.st_size}/{status.st_mtime_ns}"
        except (OSError, ValueError):
            known = "missing"
        digest.update(f"{path}\0{known}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
