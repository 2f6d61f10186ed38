"""Tables of values with separators between them: the one reader and the one writer of CSV. Torch-free.

What separates is not guessed from how often a character occurs: a header that is known with it decides, and then
whether all lines have as many values as the first one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from vimd_core.errors import DatasetError

DELIMITERS: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_SEPARATOR_LINE: Final = re.compile(r'[ \t]*"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)

HeaderRank = Callable[[Sequence[str]], int]
"""How well the first line of a table is known when it is parted so; 0 when it says nothing."""
KNOWN: Final = 2
"""The rank of a first line that leaves no doubt."""


@dataclass(frozen=True)
class Record:
    """One line of a table; values in quotes may make it several lines of the file.

    Attributes:
        line: the number in the file of the line where it begins.
        cells: its values.
    """

    line: int
    cells: list[str]


@dataclass(frozen=True)
class CsvTable:
    """The lines of a table, its header among them; empty lines are left out."""

    delimiter: str
    records: list[Record]

    @property
    def is_even(self) -> bool:
        """Whether all lines have as many values as the first."""
        return len({len(record.cells) for record in self.records}) < 2


def parse_csv(path: Path, text: str, rank: HeaderRank) -> CsvTable:
    """Part a text into lines and values.

    Args:
        path: where it is from, for messages.
        text: of the file. A first line such as `sep=;`, which spreadsheets write, says what separates.
        rank: knows the header.

    Raises:
        DatasetError: its quotes are wrong; the message has the line's number.
    """
    told = _SEPARATOR_LINE.match(text)
    first_line = 1
    delimiters: Iterable[str] = DELIMITERS
    if told is not None:
        text, delimiters, first_line = text[told.end() :], [told.group(1)], 2
    # With `newline=""` only the line ends of files part lines, not all that Unicode has.
    lines = list(io.StringIO(text, newline=""))
    firsts = {delimiter: _first(lines, delimiter) for delimiter in delimiters}
    order = sorted(firsts, key=lambda one: (-rank(firsts[one]), -len(firsts[one])))
    best: CsvTable | None = None
    failure: DatasetError | None = None
    for delimiter in order:
        try:
            table = _parse(path, lines, delimiter, first_line)
        except DatasetError as e:
            failure = failure or e
            if rank(firsts[delimiter]) >= KNOWN:
                break
            continue
        if rank(firsts[delimiter]) >= KNOWN or (table.is_even and len(firsts[delimiter]) > 1):
            return table
        best = best or table
    if best is None:
        raise failure or DatasetError("{path} is not a CSV file.", path=path)
    return best


def _first(lines: Sequence[str], delimiter: str) -> list[str]:
    try:
        return next(
            (cells for _, _, cells in _read(lines, delimiter=delimiter) if any(map(str.strip, cells))), []
        )
    except csv.Error:
        return []


def _parse(path: Path, lines: Sequence[str], delimiter: str, first_line: int) -> CsvTable:
    """Part lines as they stand, or else as programs with habits of their own write them."""
    plain, is_right = None, False
    failure: csv.Error | None = None
    line = 1
    records: list[Record] = []
    try:
        is_right = True
        for begins, line, cells in _read(lines, delimiter=delimiter):
            if any(map(str.strip, cells)):
                records.append(Record(begins + first_line - 1, cells))
                is_right = is_right and not _has_quotes_after_blanks(lines, begins, line, cells, delimiter)
            line += 1
        plain = CsvTable(delimiter, records)
        if is_right and plain.is_even:
            return plain
    except csv.Error as e:
        failure = e
    for dialect in _habits(lines, delimiter):
        try:
            found = _read(lines, delimiter=delimiter, **dialect)
            records = [
                Record(begins + first_line - 1, cells)
                for begins, _, cells in found
                if any(map(str.strip, cells))
            ]
        except csv.Error:
            continue
        other = CsvTable(delimiter, records)
        if other.is_even or (failure is None and not is_right):
            return other
    if plain is None:
        raise DatasetError(
            "Line {line} of {path} is no CSV ({reason}): check its quotes.",
            line=line + first_line - 1,
            path=path,
            reason=failure,
        ) from failure
    return plain


def _habits(lines: Sequence[str], delimiter: str) -> Iterator[dict[str, Any]]:
    """Other ways to write quotes, where a table shows signs of them."""
    after_blanks = re.compile(f'(?:^|{re.escape(delimiter)}) +"')
    if any(after_blanks.search(line) for line in lines):
        yield {"skipinitialspace": True}
    if any('\\"' in line for line in lines):
        yield {"escapechar": "\\", "doublequote": False}
    if delimiter == "\t":
        yield {"quoting": csv.QUOTE_NONE}  # what is copied out of a terminal or a database


def _has_quotes_after_blanks(
    lines: Sequence[str], begins: int, ends: int, cells: Sequence[str], delimiter: str
) -> bool:
    """Whether a value in quotes has blanks before them, which then are no part of it.

    A value that itself begins with a blank and a quote stands in quotes as a whole.
    """
    if not any(cell[:1] == " " and cell.lstrip(" ")[:1] == '"' for cell in cells):
        return False
    one = re.escape(delimiter)
    line = "".join(lines[begins - 1 : ends])
    values = re.finditer(f'(?:^|{one})("(?:[^"]|"")*"|[^{one}]*)', line)
    return any(value.group(1).startswith(" ") and value.group(1).lstrip(" ")[:1] == '"' for value in values)


def _read(lines: Iterable[str], **dialect: Any) -> Iterator[tuple[int, int, list[str]]]:
    """The first and last line of each record, and its values; a quote that is never closed is an error."""
    reader = csv.reader(lines, strict=True, **dialect)
    begins = 1
    for cells in reader:
        yield begins, reader.line_num, cells
        begins = reader.line_num + 1


class CsvWriter:
    """Writes lines that every reader of CSV understands, whatever the values hold.

    Python's own writer leaves a carriage return without quotes unless lines end with one, and others take it for the
    end of a line.

    Args:
        stream: opened with newline="".
        line_end: after each line.
    """

    def __init__(self, stream: TextIO, line_end: str = "\n") -> None:
        self._stream = stream
        self._line_end = line_end

    def writerow(self, values: Iterable[object]) -> None:
        """Write a line."""
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow(values)
        self._stream.write(line.getvalue()[:-2] + self._line_end)

    def writerows(self, lines: Iterable[Iterable[object]]) -> None:
        """Write several lines."""
        for values in lines:
            self.writerow(values)
