"""Queries of captures: filter, sort order and grouping of a list. No SQL here."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final

from app.domain.errors import ProjectError
from app.domain.records import CaptureFilter, ReviewState


class SortField(StrEnum):
    """What captures are sorted by; equal ones stay in the order in which they were added."""

    ADDED = "added"
    NAME = "name"
    CONFIDENCE = "confidence"
    DISAGREEMENT = "disagreement"
    SIZE = "size"
    LABEL = "label"
    PREDICTED = "predicted"
    NOVELTY = "novelty"
    GIVEN = "given"  # as `within` has them


class GroupField(StrEnum):
    """What stands under one heading."""

    NONE = "none"
    CLASS = "class"  # that the capture is shown with
    SOURCE = "source"


_CLASS_CONDITIONS: Final = ("predicted_class_ids", "suggested_class_ids", "label_class_ids", "class_ids")


@dataclass(frozen=True, kw_only=True)
class CaptureQuery:
    """A filter, an order and a grouping; None lets everything through.

    Attributes:
        states: what a human has decided.
        unreadable: only captures that can't be read, or only those that can.
        changed: only captures whose file has changed and that nobody has decided about since, or only the others.
        min_confidence: of the suggestion or prediction that is shown, in [0, 1]; captures without one do not pass.
        max_confidence: the same from above.
        predicted_class_ids: the model's prediction is one of these.
        suggested_class_ids: the suggestion is one of these.
        label_class_ids: the label is one of these.
        class_ids: the label, or else the suggestion or prediction that is shown, is one of these.
        min_novelty: probability that it is of none of the labelled classes, at least, in [0, 1].
        source_ids: the capture comes from one of these.
        min_size_px: longer side of the capture at least.
        max_size_px: longer side of the capture at most.
        min_disagreement: how far the bicubic and the super-resolved view differ at least, in [0, 1].
        sr_changed: whether super-resolution changed the answer.
        text: part of the path, in either case.
        within: only these captures.
        sort: order.
        descending: the other way round.
        group: headings.
    """

    states: frozenset[ReviewState] | None = None
    unreadable: bool | None = None
    changed: bool | None = None
    min_confidence: float | None = None
    max_confidence: float | None = None
    predicted_class_ids: frozenset[int] | None = None
    suggested_class_ids: frozenset[int] | None = None
    label_class_ids: frozenset[int] | None = None
    class_ids: frozenset[int] | None = None
    source_ids: frozenset[int] | None = None
    min_novelty: float | None = None
    min_size_px: int | None = None
    max_size_px: int | None = None
    min_disagreement: float | None = None
    sr_changed: bool | None = None
    text: str = ""
    within: tuple[int, ...] | None = None
    sort: SortField = SortField.ADDED
    descending: bool = False
    group: GroupField = GroupField.NONE

    @property
    def is_everything(self) -> bool:
        """Whether all captures pass, in the order in which they were added."""
        return self == CaptureQuery()

    def without_filter(self) -> CaptureQuery:
        """The same order and grouping of all captures."""
        sort = SortField.ADDED if self.sort is SortField.GIVEN else self.sort
        return CaptureQuery(sort=sort, descending=self.descending, group=self.group)

    @property
    def mentioned_classes(self) -> frozenset[int]:
        """All classes that conditions speak of."""
        return frozenset().union(*(getattr(self, name) or () for name in _CLASS_CONDITIONS))

    def with_classes(self, instead: Mapping[int, int], gone: frozenset[int]) -> CaptureQuery:
        """The same with classes replaced by others.

        Args:
            instead: the class that stands for one that is gone, by its id.
            gone: classes to leave out unless they are replaced; a condition without any is none.
        """
        changes: dict[str, Any] = {}
        for name in _CLASS_CONDITIONS:
            ids = getattr(self, name)
            if ids is not None:
                kept = {instead.get(i, i) for i in ids if i in instead or i not in gone}
                changes[name] = frozenset(kept) or None
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; what lets everything through is left out."""
        plain = CaptureQuery()
        changed = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != getattr(plain, field.name)
        }
        return {
            name: sorted(value)
            if isinstance(value, frozenset)
            else list(value)
            if name == "within"
            else value
            for name, value in changed.items()
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> CaptureQuery:
        """Rebuild what `to_dict` gave.

        Raises:
            ProjectError: it is no such description.
        """
        try:
            known = dict(values)
            for name in (*_CLASS_CONDITIONS, "source_ids"):
                if known.get(name) is not None:
                    known[name] = frozenset(int(value) for value in known[name])
            if known.get("states") is not None:
                known["states"] = frozenset(ReviewState(value) for value in known["states"])
            if known.get("within") is not None:
                known["within"] = tuple(int(value) for value in known["within"])
            known["sort"] = SortField(known.get("sort", SortField.ADDED))
            known["group"] = GroupField(known.get("group", GroupField.NONE))
            return cls(**known)
        except (TypeError, ValueError) as e:
            raise ProjectError(
                "This saved filter can't be read ({reason}): delete it and save it again.", reason=e
            ) from e


@dataclass(frozen=True)
class CaptureGroup:
    """A run of captures in a list that stand under one heading.

    Attributes:
        key: id of the class or of the source; 0 for none.
        first: place of its first capture.
        count: how many there are.
    """

    key: int
    first: int
    count: int


@dataclass(frozen=True)
class CaptureList:
    """The answer to a query.

    Attributes:
        ids: in order, int64.
        groups: headings in order; none without grouping.
    """

    ids: array[int]
    groups: tuple[CaptureGroup, ...] = ()


def query_of(which: CaptureFilter) -> CaptureQuery:
    """The query of one of the quick filters."""
    if which is CaptureFilter.ALL:
        return CaptureQuery()
    if which is CaptureFilter.UNREADABLE:
        return CaptureQuery(unreadable=True)
    if which is CaptureFilter.CHANGED:
        return CaptureQuery(changed=True)
    query = CaptureQuery(states=frozenset({ReviewState[which.name]}))
    return replace(query, unreadable=False) if which is CaptureFilter.UNREVIEWED else query


def with_quick_filter(query: CaptureQuery, which: CaptureFilter) -> CaptureQuery:
    """The same query with the states of a quick filter; all other conditions stay."""
    quick = query_of(which)
    return replace(query, states=quick.states, unreadable=quick.unreadable, changed=quick.changed)
