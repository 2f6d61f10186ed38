"""Appends whole lines to a table that can be read meanwhile, and loses nothing that was in it."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final, Literal

from vimd_core.commands.shared.rows import STANDARD_OUTPUT, TEXT_ERRORS, RowForm, csv_line
from vimd_core.errors import ConfigError
from vimd_core.inference.prediction import Prediction
from vimd_core.processes.atomic_files import is_stream, open_stream
from vimd_core.processes.locks import lock_open_file

Existing = Literal["same", "append", "overwrite"]
_LONGEST_FIRST_LINE: Final = 1 << 20


class GrowingTable:
    """Writes one line for each capture to a file or to standard output.

    Args:
        path: the file; "-" is standard output.
        form: lays out the lines.
        existing: what is done about a file that holds something already: "same" adds to it when it holds the same
            columns and refuses otherwise, "append" adds under the columns that it has, "overwrite" begins it anew.

    Raises:
        ConfigError: it can't be written, holds another table, or another process writes it.
    """

    def __init__(self, path: Path, form: RowForm, existing: Existing = "same") -> None:
        self._path = path
        self._form = form
        self._keys: Sequence[str] = form.keys
        self.left_out: tuple[str, ...] = ()
        """Columns that the file which is added to does not have."""
        self._end = -1  # nothing that was written can be taken back
        try:
            if path == STANDARD_OUTPUT:
                sys.stdout.flush()
                self._file: IO[bytes] = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
                self._append(form.head())
            elif is_stream(path):
                self._file = open_stream(path)
                self._append(form.head())
            else:
                self._open(existing)
        except OSError as e:
            raise ConfigError("{path} can't be written ({reason}).", path=path, reason=e.strerror or e) from e

    def _open(self, existing: Existing) -> None:
        self._file = self._path.open("ab+", buffering=0)
        try:
            if not lock_open_file(self._file.fileno()):
                raise ConfigError(
                    "{path} is being written by another process: stop that one, or choose another file.",
                    path=self._path,
                )
            if existing == "overwrite":
                self._file.truncate(0)
            self._end = self._file.seek(0, os.SEEK_END)
            if self._end == 0:
                self._append(self._form.head())
                return
            self._check(existing)
            self._file.seek(-1, os.SEEK_END)
            if self._file.read(1) not in (b"\n", b"\r"):
                self._append("\n")  # of a line that was cut off
        except BaseException:
            self._file.close()
            raise

    def _check(self, existing: Existing) -> None:
        self._file.seek(0)
        first = self._file.read(_LONGEST_FIRST_LINE).decode("utf-8-sig", errors="replace")
        there = _csv_columns(first) if self._form.is_csv else _json_keys(first)
        if there == list(self._keys) or (not self._form.is_csv and set(there) == set(self._keys)):
            return
        shared = [key for key in there if key in self._keys]
        if existing != "append" or not shared:
            if shared:
                raise ConfigError(
                    "{path} contains other data: choose another file, or add --append to add rows to "
                    "its columns, or --overwrite to replace it.",
                    path=self._path,
                )
            raise ConfigError(
                "{path} contains other data: choose another file, or add --overwrite to replace it.",
                path=self._path,
            )
        if self._form.is_csv:
            self.left_out = tuple(key for key in self._keys if key not in there)
            self._keys = there

    def write(self, values: Mapping[str, Any], prediction: Prediction | None, error: str = "") -> None:
        """Add a line, see `RowForm.line`.

        Raises:
            OSError: it can't be written, such as when the disk is full; no part of the line is left behind.
        """
        if self._form.is_csv:
            fields = self._form.fields(values, prediction, error)
            self._append(csv_line([fields.get(key, "") for key in self._keys]))
        else:
            self._append(self._form.line(values, prediction, error))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _append(self, text: str) -> None:
        data = text.encode("utf-8", errors=TEXT_ERRORS)
        try:
            written = 0
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError:
            if self._end >= 0:
                self._file.truncate(self._end)
            raise
        if self._end >= 0:
            self._end += len(data)


def _csv_columns(text: str) -> list[str]:
    try:
        return next(csv.reader(text.splitlines(keepends=True)), [])
    except csv.Error:
        return []


def _json_keys(text: str) -> list[str]:
    try:
        found = json.loads(text.partition("\n")[0])
    except ValueError:
        return []
    return list(found) if isinstance(found, dict) else []
