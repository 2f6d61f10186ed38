"""Reads captures in batches, prefetching the next ones in threads. Torch-free."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from vimd_core.config import SizePx
from vimd_core.data.images.decoding import read_image
from vimd_core.data.images.image_sources import ImageSource, path_of, pixels_in_memory
from vimd_core.data.images.resizing import resize_to
from vimd_core.errors import ImageError
from vimd_core.user_messages import Sentence

Key = TypeVar("Key")
SecondForm: TypeAlias = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.uint8]]
READ_THREADS: Final = 4
_BATCHES_AHEAD: Final = 1


@dataclass(frozen=True)
class ReadCapture(Generic[Key]):
    """A capture that was read, or could not be.

    Attributes:
        key: what the caller knows it by.
        path: its file; an empty path for an image in memory.
        width_px: width of the image; 0 when it can't be read.
        height_px: height of the image; 0 when it can't be read.
        image: (S, S, 3) uint8 RGB, or None when it can't be read.
        error: why it can't be read; None when it was.
        file_size_bytes: length of the file that was read; 0 when it can't be read.
        modified_ns: its time; 0 when it can't be read.
        notice: that its file is incomplete; None when it is whole.
        read_s: seconds that reading, decoding and resizing took, beside other threads.
        second: the form that a second network sees, where one was asked for.
    """

    key: Key
    path: Path
    width_px: int = 0
    height_px: int = 0
    image: npt.NDArray[np.uint8] | None = None
    error: Sentence | None = None
    file_size_bytes: int = 0
    modified_ns: int = 0
    notice: Sentence | None = None
    read_s: float = 0.0
    second: npt.NDArray[np.uint8] | None = None


def read_capture(key: Key, path: Path, size_px: SizePx, second: SecondForm | None = None) -> ReadCapture[Key]:
    """Read one capture; a bad file is a result as well.

    Args:
        key: what the caller knows it by.
        path: its file.
        size_px: S, side of the square that it is brought to, or height and width.
        second: makes the form that a second network sees.
    """
    start = time.perf_counter()
    before = _stamp(path)
    try:
        read = read_image(path)
    except ImageError as e:
        return ReadCapture(key, path, error=e.sentence)
    after = _stamp(path)
    # A file that was replaced meanwhile is none that anybody can know.
    size_bytes, modified_ns = after if after == before else (0, 0)
    # Kept small at once: a batch of photographs as they are could fill the memory.
    square = resize_to(read.pixels, size_px)
    height_px, width_px = read.pixels.shape[:2]
    return ReadCapture(
        key,
        path,
        width_px,
        height_px,
        square,
        file_size_bytes=size_bytes,
        modified_ns=modified_ns,
        notice=read.notice,
        read_s=time.perf_counter() - start,
        second=None if second is None else second(read.pixels),
    )


def _in_memory(key: Key, source: ImageSource, size_px: SizePx, second: SecondForm | None) -> ReadCapture[Key]:
    """The same of an array or a Pillow image; what it is in the end is not shared with it."""
    start = time.perf_counter()
    try:
        pixels = pixels_in_memory(source)
    except ImageError as e:
        return ReadCapture(key, Path(), error=e.sentence)
    square = resize_to(pixels, size_px)
    height_px, width_px = pixels.shape[:2]
    image = square.copy() if square is pixels else square
    seen = None if second is None else second(pixels)
    seen = pixels.copy() if seen is pixels else seen
    read_s = time.perf_counter() - start
    return ReadCapture(key, Path(), width_px, height_px, image, read_s=read_s, second=seen)


def _stamp(path: Path) -> tuple[int, int]:
    """Length and time of a file, by which it is seen whether it is another one than before."""
    try:
        status = path.stat()
    except (OSError, ValueError):  # the latter of a path with a NUL character
        return 0, 0
    return status.st_size, status.st_mtime_ns


def read_batches(
    captures: Iterable[tuple[Key, ImageSource]],
    *,
    batch_size: int,
    size_px: SizePx,
    second: SecondForm | None = None,
    threads: int = READ_THREADS,
) -> Generator[list[ReadCapture[Key]], None, None]:
    """Read captures in order, one batch ahead of the caller.

    Args:
        captures: key and file or image of each; taken from the iterable as needed. What is in memory is brought to its
            size before the next one is asked for, so an iterable may use one array again and again.
        batch_size: captures in each list but the last.
        size_px: S, side of the square that each is brought to, or height and width.
        second: makes the form that a second network sees.
        threads: files read at the same time.
    """
    remaining = iter(captures)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="vimd-read")
    waiting: deque[list[Future[ReadCapture[Key]] | ReadCapture[Key]]] = deque()

    def begin(key: Key, source: ImageSource) -> Future[ReadCapture[Key]] | ReadCapture[Key]:
        path = path_of(source)
        return (
            _in_memory(key, source, size_px, second)
            if path is None
            else pool.submit(read_capture, key, path, size_px, second)
        )

    try:
        while True:
            while len(waiting) <= _BATCHES_AHEAD:
                batch = [begin(*one) for one in itertools.islice(remaining, batch_size)]
                if not batch:
                    break
                waiting.append(batch)
            if not waiting:
                return
            yield [one.result() if isinstance(one, Future) else one for one in waiting.popleft()]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
