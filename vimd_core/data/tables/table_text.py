"""Text encodings of tables, as spreadsheets, editors and other programs save them. Torch-free."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vimd_core.errors import DatasetError
from vimd_core.processes.atomic_files import is_waiting
from vimd_core.processes.file_errors import NO_REGULAR_FILE

MAX_BYTES: Final = 2 * 2**30
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_LOOKED_AT: Final = 8  # bytes from which UTF-16 without a mark is known: names of columns are ASCII


@dataclass(frozen=True)
class TableText:
    """What a file says.

    Attributes:
        text: without a byte-order mark.
        encoding: what it was in: UTF-8, UTF-16 or Windows-1252.
    """

    text: str
    encoding: str


def read_table_text(path: Path) -> TableText:
    """Read a text file in UTF-8 or UTF-16, with or without a byte-order mark, or in Windows-1252.

    Raises:
        DatasetError: it can't be read, is none of these, or holds zero bytes.
    """
    if is_waiting(path):
        raise DatasetError(
            "{path} can't be read ({reason}): check the file.",
            path=path,
            reason=NO_REGULAR_FILE,
        )
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DatasetError("{path} is too large for a label file.", path=path)
        content = path.read_bytes()
    except OSError as e:
        raise DatasetError(
            "{path} can't be read ({reason}): check the file.", path=path, reason=e.strerror
        ) from e
    text, encoding = _decoded(path, content)
    zero = text.find("\0")
    if zero >= 0:
        line = text.count("\n", 0, zero) + 1
        raise DatasetError(
            "Line {line} of {path} holds a zero byte: save the table again as text in UTF-8.",
            line=line,
            path=path,
        )
    return TableText(text, encoding)


def _decoded(path: Path, content: bytes) -> tuple[str, str]:
    codec, name = next(((codec, name) for bom, codec, name in _BOMS if content.startswith(bom)), ("", ""))
    if not codec and (codec := _utf_16_without_mark(content)):
        name = "UTF-16"
    try:
        return content.decode(codec or "utf-8"), name or "UTF-8"
    except UnicodeDecodeError as e:
        # Text in Windows-1252 hardly ever holds what would be a letter in UTF-8: then it is UTF-8 with an error.
        if not codec and content.decode("utf-8", "ignore").isascii():
            try:
                return content.decode("cp1252"), "Windows-1252"
            except UnicodeDecodeError:
                pass
        line = content[: e.start].count(b"\n") + 1
        raise DatasetError(
            "Line {line} of {path} is not {encoding}: save it as UTF-8.",
            line=line,
            path=path,
            encoding=name or "UTF-8",
        ) from e


def _utf_16_without_mark(content: bytes) -> str:
    first = content[:_LOOKED_AT]
    if len(first) < _LOOKED_AT:
        return ""
    if not any(first[1::2]) and all(first[::2]):
        return "utf-16-le"
    return "utf-16-be" if not any(first[::2]) and all(first[1::2]) else ""
