"""Matches the rows of a table of labels to a project's captures. Qt-free."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from app.domain.label_records import ProjectMarks
from app.domain.records import ReviewState
from app.exchange.label_plan import Claim, Claims, LeftOutWhy, UnusedLine, without_unreadable
from vimd_core.data.classes.class_identity import class_key
from vimd_core.data.files.path_matching import WHOLE, PathMatch, PathMatcher
from vimd_core.data.tables.label_rows import LabelRow, LabelTable, TableForm

_STATES: Final = {
    "unsure": ReviewState.UNSURE,
    "rejected": ReviewState.REJECTED,
    "reject": ReviewState.REJECTED,
    "not_a_capture": ReviewState.REJECTED,
    "not-a-capture": ReviewState.REJECTED,
}
_NEEDS_LABELS: Final = (TableForm.CSV, TableForm.JSON, TableForm.JSON_LINES)
_SHOWN_FILES: Final = 3


def claims_of_table(table: LabelTable, marks: ProjectMarks) -> Claims:
    """What a table says of each capture.

    A capture is known by its whole path, by its path below the table's folder, or by the longest ending that its path
    has in common with what the table says, where that is unique. Where several lines fit one capture, those count that
    have the longest ending; if they contradict each other, or one has several labels, the capture is left alone.
    """
    matcher = PathMatcher(
        [capture.file for capture in marks.captures], table.path.parent.absolute().as_posix()
    )
    files = _Folders(str(table.path.parent))
    found: dict[str, PathMatch] = {}
    spoken: dict[int, list[tuple[int, LabelRow]]] = {}
    left_out: list[UnusedLine] = []
    for row in table.rows:
        why = _why_unusable(row, table)
        if why is not None:
            left_out.append(UnusedLine(row.line, row.path, why))
            continue
        if not row.labels and _state(row) is None:
            continue
        match = found.get(row.path)
        if match is None:
            match = found[row.path] = matcher.find(row.path)
        if len(match.files) == 1:
            spoken.setdefault(match.files[0], []).append((match.depth, row))
        else:
            left_out.append(_unmatched(row, match, marks))
    given: list[Claim] = []
    lines: dict[int, tuple[int, str]] = {}
    groups: dict[int, str] = {}
    for place, rows in spoken.items():
        deepest = max(depth for depth, _ in rows)
        fitting: list[LabelRow] = []
        for depth, row in rows:
            if depth < deepest:
                left_out.append(UnusedLine(row.line, row.path, LeftOutWhy.UNKNOWN))
            elif depth < WHOLE and files.has_another(row.path, marks.captures[place].file):
                left_out.append(UnusedLine(row.line, row.path, LeftOutWhy.NOT_IN_PROJECT))
            else:
                fitting.append(row)
        if not fitting:
            continue
        named = {row.group for row in fitting if row.group}
        if len(named) == 1:
            groups[place] = named.pop()
        claims = _distinct(place, fitting)
        if len(claims) == 1:
            given.append(claims[0])
            lines[place] = (fitting[0].line, fitting[0].path)
        else:
            said = ", ".join(one.label or one.state.name.lower() for one in claims)
            left_out.append(UnusedLine(fitting[0].line, fitting[0].path, LeftOutWhy.SEVERAL_LABELS, said))
    readable = without_unreadable(given, marks, lines)
    everything = sorted((*left_out, *readable.left_out), key=lambda one: one.line)
    return Claims(readable.given, tuple(everything), groups)


def _why_unusable(row: LabelRow, table: LabelTable) -> LeftOutWhy | None:
    if row.extra_cells:
        return LeftOutWhy.EXTRA_CELLS
    if not row.path.strip():
        return LeftOutWhy.NO_PATH
    if not row.labels and not table.has_states and table.form in _NEEDS_LABELS:
        return LeftOutWhy.NO_LABEL
    return None


def _state(row: LabelRow) -> ReviewState | None:
    return _STATES.get(row.state.casefold())


def _distinct(place: int, rows: Sequence[LabelRow]) -> list[Claim]:
    """The different things that rows say of one capture."""
    if len(rows) == 1 and len(rows[0].labels) == 1:
        return [Claim(place, ReviewState.CORRECTED, rows[0].labels[0])]
    claims: dict[str, Claim] = {}
    for row in rows:
        for label in row.labels:
            claims.setdefault(class_key(label), Claim(place, ReviewState.CORRECTED, label))
        state = _state(row)
        if not row.labels and state is not None:
            claims.setdefault(f"\0{state}", Claim(place, state, None))
    return list(claims.values())


def _unmatched(row: LabelRow, match: PathMatch, marks: ProjectMarks) -> UnusedLine:
    if not match.files:
        return UnusedLine(row.line, row.path, LeftOutWhy.UNKNOWN)
    shown = [marks.captures[place].file for place in match.files[:_SHOWN_FILES]]
    if len(match.files) > _SHOWN_FILES:
        shown.append("…")
    return UnusedLine(row.line, row.path, LeftOutWhy.SEVERAL_CAPTURES, ", ".join(shown))


class _Folders:
    """What lies on this machine's disks where a table says; each folder is listed once.

    Args:
        base: the folder that relative names start at.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._names: dict[str, frozenset[str]] = {}

    def has_another(self, name: str, capture: str) -> bool:
        """Whether a table means a file that is there, and is another one than the capture it was taken for."""
        if "\\" in name and os.sep == "/":
            return False
        path = os.path.join(self._base, name)  # noqa: PTH118 (an absolute name stays as it is)
        folder, file = os.path.split(path)
        return file in self._listed(folder) and not _is_same(path, capture)

    def _listed(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            try:
                with os.scandir(folder) as entries:
                    self._names[folder] = frozenset(entry.name for entry in entries)
            except (OSError, ValueError):
                self._names[folder] = frozenset()
        return self._names[folder]


def _is_same(path: str, capture: str) -> bool:
    try:
        return os.path.samefile(path, capture)  # noqa: PTH121
    except OSError:
        return True  # the capture's file is not there any more: this is where it went
