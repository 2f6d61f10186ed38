"""Preview of a label import: what it would change, before anything is written (dry run). Qt-free.

An import goes in three steps, none of which asks the database for single captures: what a table or folders say
becomes claims (`label_claims`, `folder_labels`), claims are compared with what people have said already (`compare`),
and what is chosen of that is written as one step of the ledger (`LabelImport.take`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.domain.label_records import MarkedCapture, ProjectMarks, TakenLabel
from app.domain.records import ReviewState
from vimd_core.data.classes.class_identity import class_key
from vimd_core.data.classes.near_names import NearNames

_LABELLED: Final = (ReviewState.ACCEPTED, ReviewState.CORRECTED)


class LeftOutWhy(StrEnum):
    """Why a line, or a capture, gets no label."""

    UNKNOWN = "unknown"  # the project has no such capture
    NOT_IN_PROJECT = "not-in-project"  # the file is there, but no capture of the project
    SEVERAL_CAPTURES = "several-captures"
    SEVERAL_LABELS = "several-labels"
    UNREADABLE = "unreadable"
    NO_PATH = "no-path"
    NO_LABEL = "no-label"
    EXTRA_CELLS = "extra-cells"  # more values than the header has columns
    NO_FOLDER = "no-folder"  # it lies in no class folder


@dataclass(frozen=True, slots=True)
class UnusedLine:
    """A line of a table, or a capture in a folder, that no label is taken from.

    Attributes:
        line: of the table; 0 for folders.
        name: of the capture, as it stands there.
        why: the reason.
        detail: the labels, or the captures, of which one would be needed.
    """

    line: int
    name: str
    why: LeftOutWhy
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a table or a folder says of one capture.

    Attributes:
        place: of the capture in `ProjectMarks.captures`.
        state: CORRECTED with a class; UNSURE or REJECTED without.
        label: name of the class as it stands there.
    """

    place: int
    state: ReviewState
    label: str | None


@dataclass(frozen=True)
class Claims:
    """What is said of captures, each once, and what of it can't be used.

    Attributes:
        groups: what a `group` column says, by the capture's place.
    """

    given: tuple[Claim, ...]
    left_out: tuple[UnusedLine, ...]
    groups: Mapping[int, str] = field(default_factory=dict)


class ImportChoice(StrEnum):
    """What becomes of captures that have another label or mark already."""

    ONLY_NEW = "only-new"  # label what nobody has looked at
    KEEP_MINE = "keep-mine"  # label also what is marked as unsure; labels and other marks stay
    TAKE_THEIRS = "take-theirs"  # replace labels and marks that differ


@dataclass(frozen=True, slots=True)
class Proposal:
    """A label that a capture would get.

    Attributes:
        state: CORRECTED with a class; UNSURE or REJECTED without.
        label: name of the class, as the project spells it.
        before: state and class that it has.
        before_label: the name of that class.
        is_new_class: whether the project has no such class.
    """

    capture_id: int
    file: str
    state: ReviewState
    label: str | None
    before: tuple[ReviewState, int | None]
    before_label: str | None
    is_new_class: bool

    def is_taken(self, choice: ImportChoice) -> bool:
        """Whether it is written with a choice."""
        state = self.before[0]
        return (
            state is ReviewState.UNREVIEWED
            or choice is ImportChoice.TAKE_THEIRS
            or (choice is ImportChoice.KEEP_MINE and state is ReviewState.UNSURE)
        )


@dataclass(frozen=True, slots=True)
class NewClass:
    """A class that would be made.

    Attributes:
        captures: how many would have it.
        near: classes of the project that are spelt nearly so, the nearest first.
    """

    name: str
    captures: int
    near: tuple[str, ...]


@dataclass(frozen=True)
class LabelPlan:
    """What an import would do.

    Attributes:
        new: labels for captures that nobody has looked at.
        different: labels that contradict a label or mark that is there.
        equal: how many captures have their label already.
        left_out: what is left alone, and why.
        counts: how many labels each choice writes.
        groups: what a `group` column says of captures, by id; taken over whatever becomes of labels.
    """

    new: tuple[Proposal, ...]
    different: tuple[Proposal, ...]
    equal: int
    left_out: tuple[UnusedLine, ...]
    counts: Mapping[ImportChoice, int]
    _new_classes: Mapping[ImportChoice, tuple[NewClass, ...]]
    groups: Mapping[int, str] = field(default_factory=dict)

    def chosen(self, choice: ImportChoice) -> list[Proposal]:
        """What is written with a choice."""
        return [one for one in (*self.new, *self.different) if one.is_taken(choice)]

    def new_classes(self, choice: ImportChoice) -> tuple[NewClass, ...]:
        """The classes that a choice makes, most captures first."""
        return self._new_classes[choice]

    def taken(self, choice: ImportChoice) -> list[TakenLabel]:
        """What is written with a choice, for the ledger."""
        return [TakenLabel(one.capture_id, one.state, one.label, one.before) for one in self.chosen(choice)]


def compare(claims: Claims, marks: ProjectMarks, instead: Mapping[str, str] | None = None) -> LabelPlan:
    """Compare what is said with what people have said already.

    Args:
        claims: what is said.
        marks: the project.
        instead: classes of the project to take in the place of new ones, by the key of the new one.
    """
    by_key: dict[str, str] = {}
    for class_name in marks.classes.values():
        by_key.setdefault(class_key(class_name), class_name)
    known = frozenset(by_key)
    resolved: dict[str, tuple[str, str, bool]] = {}

    def resolve(label: str) -> tuple[str, str, bool]:
        found = resolved.get(label)
        if found is None:
            key = class_key(label)
            if instead and key in instead:
                key = class_key(instead[key])
            found = resolved[label] = (key, by_key.setdefault(key, label), key not in known)
        return found

    keys = {class_id: class_key(name) for class_id, name in marks.classes.items()}
    new: list[Proposal] = []
    different: list[Proposal] = []
    equal = 0
    for claim in claims.given:
        capture = marks.captures[claim.place]
        key, is_new = "", False
        name: str | None = None
        if claim.label is not None:
            key, name, is_new = resolve(claim.label)
        if _is_so(capture, claim, key, keys):
            equal += 1
            continue
        proposal = Proposal(
            capture.id,
            capture.file,
            claim.state,
            name,
            (capture.state, capture.label),
            None if capture.label is None else marks.classes.get(capture.label),
            is_new,
        )
        (new if capture.state is ReviewState.UNREVIEWED else different).append(proposal)
    made = {one.label for one in (*new, *different) if one.is_new_class and one.label is not None}
    names = NearNames(marks.classes.values()) if made else None
    near = {name: names.near(name) for name in made} if names is not None else {}
    chosen = {choice: [one for one in (*new, *different) if one.is_taken(choice)] for choice in ImportChoice}
    return LabelPlan(
        tuple(new),
        tuple(different),
        equal,
        claims.left_out,
        {choice: len(taken) for choice, taken in chosen.items()},
        {choice: _new_classes(taken, near) for choice, taken in chosen.items()},
        {marks.captures[place].id: group for place, group in claims.groups.items()},
    )


def _new_classes(taken: Sequence[Proposal], near: Mapping[str, tuple[str, ...]]) -> tuple[NewClass, ...]:
    counts: dict[str, int] = {}
    for one in taken:
        if one.is_new_class and one.label is not None:
            counts[one.label] = counts.get(one.label, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(NewClass(name, count, near[name]) for name, count in ordered)


def _is_so(capture: MarkedCapture, claim: Claim, key: str, keys: Mapping[int, str]) -> bool:
    if claim.label is None:
        return capture.state is claim.state
    return capture.state in _LABELLED and capture.label is not None and keys.get(capture.label) == key


def without_unreadable(
    given: Sequence[Claim], marks: ProjectMarks, lines: Mapping[int, tuple[int, str]]
) -> Claims:
    """Part claims from those that speak of files that are no images: these get no label.

    Args:
        given: all claims.
        marks: the project.
        lines: line and name of each claim in the table, by the capture's place.
    """
    left_out = [
        UnusedLine(*lines.get(one.place, (0, marks.captures[one.place].file)), LeftOutWhy.UNREADABLE)
        for one in given
        if not marks.captures[one.place].is_readable
    ]
    return Claims(tuple(one for one in given if marks.captures[one.place].is_readable), tuple(left_out))
