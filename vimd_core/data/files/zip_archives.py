"""ZIP archives that may come from anywhere: takes images out of them safely. Torch-free."""

from __future__ import annotations

import shutil
import stat
import uuid
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from vimd_core.data.files.passed_over import is_passed_over
from vimd_core.data.images.formats import IMAGE_EXTENSIONS, kind_by_name
from vimd_core.errors import CancelledError, DatasetError

MAX_FILES: Final = 1_000_000
MAX_FILE_BYTES: Final = 512 * 2**20
MAX_TOTAL_BYTES: Final = 16 * 2**30
MAX_RATIO: Final = 200
"""Images hardly compress: what grows more than this when it is unpacked is made to fill the disk."""
_SMALL_BYTES: Final = 1 << 20
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Unpacked:
    """What came out of an archive.

    Attributes:
        folder: where the images are now.
        images: how many there are.
        left_out: entries that are no images, are hidden, or would lie outside of the folder.
        others: those of them that are no images, by kind: their extension in capitals, or nothing.
    """

    folder: Path
    images: int
    left_out: int
    others: Counter[str]


def unpack_images(
    archive: Path, target: Path, *, is_cancelled: Callable[[], bool] = lambda: False
) -> Unpacked:
    """Write the images of an archive into a new folder, whole or not at all.

    Names that lead out of the folder, links and devices are left out; sizes are counted while unpacking, whatever
    the archive says of them.

    Args:
        archive: a ZIP file.
        target: the folder; must not exist.
        is_cancelled: asked between pieces of 1 MiB.

    Raises:
        DatasetError: it is no sound ZIP file, is encrypted, holds no images, or far more than its size lets expect.
        CancelledError: it was cancelled.
        OSError: the folder can't be written.
    """
    unfinished = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            chosen = _choose(entries)
            if not chosen:
                raise DatasetError("{archive} holds no images.", archive=archive)
            if len(chosen) > MAX_FILES:
                raise DatasetError(
                    "{archive} holds more than {limit:,} images: split it.",
                    archive=archive,
                    limit=MAX_FILES,
                )
            unfinished.mkdir(parents=True)
            total = 0
            for entry, place in chosen:
                total += _unpack(
                    opened, entry, unfinished / place, archive, MAX_TOTAL_BYTES - total, is_cancelled
                )
        unfinished.replace(target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as e:
        raise DatasetError(
            "{archive} can't be unpacked ({reason}): copy it again or unpack it yourself.",
            archive=archive,
            reason=e,
        ) from e
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Unpacked(target, len(chosen), len(entries) - len(chosen), _others(entries))


def _choose(entries: list[zipfile.ZipInfo]) -> list[tuple[zipfile.ZipInfo, Path]]:
    """The images and their places; of names that some systems take for the same the first."""
    chosen: dict[str, tuple[zipfile.ZipInfo, Path]] = {}
    for entry in entries:
        place = _safe_place(entry)
        if place is not None:
            chosen.setdefault(place.as_posix().casefold(), (entry, place))
    return list(chosen.values())


def _others(entries: list[zipfile.ZipInfo]) -> Counter[str]:
    names = [entry.filename.replace("\\", "/") for entry in entries]
    return Counter(
        kind_by_name(PurePosixPath(name).name)
        for name in names
        if PurePosixPath(name).suffix.lower() not in IMAGE_EXTENSIONS
        and not any(map(is_passed_over, PurePosixPath(name).parts))
    )


def _unpack(
    opened: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    path: Path,
    archive: Path,
    room: int,
    is_cancelled: Callable[[], bool],
) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    limit = min(room, MAX_FILE_BYTES, max(_SMALL_BYTES, MAX_RATIO * entry.compress_size))
    written = 0
    with opened.open(entry) as source, path.open("xb") as file:
        while chunk := source.read(_CHUNK):
            if is_cancelled():
                raise CancelledError("Unpacking was cancelled.")
            written += len(chunk)
            if written > limit:
                raise DatasetError(
                    "{archive} would expand far beyond its size ({entry}): it is damaged or a "
                    "decompression bomb.",
                    archive=archive,
                    entry=entry.filename,
                )
            file.write(chunk)
    return written


def _safe_place(entry: zipfile.ZipInfo) -> Path | None:
    """Where an image goes below the folder; None for what is left out."""
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return None  # a link or a device
    name = entry.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if (
        not parts
        or name.startswith("/")
        or any(part in ("..", "/") or ":" in part or is_passed_over(part) or "\0" in part for part in parts)
        or PurePosixPath(name).suffix.lower() not in IMAGE_EXTENSIONS
    ):
        return None
    return Path(*parts)
