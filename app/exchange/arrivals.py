"""Sorts dropped, pasted or opened files by their content: captures, tables of labels, videos, projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Names that need no look: an import looks into them anyway, and says what they are.
_PLAIN_SUFFIXES: Final = frozenset({"", ".zip", ".safetensors", ".vimd"})
_VIDEO_SUFFIXES: Final = frozenset(
    {
        ".mp4",
        ".m4v",
        ".mov",
        ".avi",
        ".mkv",
        ".webm",
        ".mpg",
        ".mpeg",
        ".ts",
        ".m2ts",
        ".wmv",
        ".flv",
        ".ogv",
        ".3gp",
    }
    | {".mjpeg", ".mjpg"}
)
_VIDEO_STARTS: Final = (
    b"\0\0\x01\xba",
    b"\0\0\x01\xb3",
    b"FLV\x01",
    b"OggS",
    b"0&\xb2u\x8ef\xcf\x11",
    b"#EXTM3U",
)
_TRANSPORT_PACKET: Final = 188
_TEXT_SUFFIXES: Final = frozenset({".csv", ".tsv", ".json", ".jsonl", ".ndjson"})
_LOOKED_AT: Final = 500  # of one drop; whoever drops more means captures
_HEAD_BYTES: Final = 1024


@dataclass(frozen=True)
class Arrivals:
    """One drop, sorted.

    Attributes:
        captures: images, folders, archives, and what nothing else is known of.
        videos: files that can become sources.
        tables: files that may hold labels.
    """

    captures: tuple[Path, ...] = ()
    videos: tuple[Path, ...] = ()
    tables: tuple[Path, ...] = ()


def need_a_look(paths: Sequence[Path]) -> bool:
    """Whether some of these may be something else than captures, which takes a look into them to tell."""
    from vimd_core.data.images.formats import IMAGE_EXTENSIONS

    return any(path.suffix.lower() not in IMAGE_EXTENSIONS | _PLAIN_SUFFIXES for path in paths)


def sort_out(paths: Sequence[Path]) -> Arrivals:
    """Look into files; to be called in a thread, since a drive may take its time."""
    captures: list[Path] = []
    videos: list[Path] = []
    tables: list[Path] = []
    for number, path in enumerate(paths):
        if number >= _LOOKED_AT or not need_a_look([path]) or not path.is_file():
            captures.append(path)
        elif is_video(head := _head(path), path.suffix):
            videos.append(path)
        elif path.suffix.lower() in _TEXT_SUFFIXES and not _is_image(head):
            tables.append(path)
        else:
            captures.append(path)
    return Arrivals(tuple(captures), tuple(videos), tuple(tables))


def is_video(head: bytes, suffix: str = "") -> bool:
    """Whether content is a video's: by its start, and by its name where the start tells nothing."""
    from vimd_core.data.images.formats import other_kind_of

    if _is_image(head) or not head:
        return False
    if other_kind_of(head) == "video" or head.startswith(_VIDEO_STARTS):
        return True
    is_transport_stream = head[:1] == b"G" and head[_TRANSPORT_PACKET : _TRANSPORT_PACKET + 1] == b"G"
    return is_transport_stream or (suffix.lower() in _VIDEO_SUFFIXES and not other_kind_of(head))


def _is_image(head: bytes) -> bool:
    from vimd_core.data.images.formats import image_format_of

    return image_format_of(head) is not None


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError:
        return b""
