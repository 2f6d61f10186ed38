"""Groups (clusters that no split may separate): which captures show one thing, by all that is known of them.

What is said outranks what is guessed. A `group` column that came with the captures says it outright; else frames of a
track, by their names; else neighbouring frames of a stream. Captures of which nothing of that is known belong together
when they look alike, and join a thing that is known otherwise when it is the only one that they look like. Captures
that are nearly the same picture belong together whatever else is said. How far likeness counts is for labels to say
(`agreement`). No numpy here: the window asks, too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from vimd_core.groups.moments import Moment, moments_of
from vimd_core.groups.names import tracks_of

# Near-duplicates join things up to this size, so that no chain of them swallows the project.
_LARGEST_BY_CHANCE: Final = 40
_LARGEST_SHARE: Final = 0.02


class GroupKind(StrEnum):
    """Why captures belong together; the words are stored."""

    GIVEN = "given"  # by a column of a table
    TRACK = "track"
    MOMENT = "moment"
    LOOK_ALIKE = "look-alike"


class Likeness(IntEnum):
    """How much alike captures must be to count as one thing."""

    NONE = 0  # however alike they are, that says nothing
    NEAR_DUPLICATE = 1
    LOOK_ALIKE = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a capture that tells what it belongs with.

    Attributes:
        given: what a `group` column says; empty without one.
        moment: where and when it was seen, if a stream has shown it.
        look_alike: number of its group of look-alikes; 0 without one.
        near_duplicate: number of its group of captures that are nearly the same picture; 0 without one.
    """

    path: str = ""
    given: str = ""
    moment: Moment | None = None
    look_alike: int = 0
    near_duplicate: int = 0


@dataclass(frozen=True, slots=True)
class Thing:
    """What several captures show.

    Attributes:
        number: the smallest id among its captures.
        kind: why they belong together; the surest reason where there are several.
    """

    number: int
    kind: GroupKind


def largest_guess(captures: int) -> int:
    """How many captures look-alikes may bring together in one group."""
    return max(_LARGEST_BY_CHANCE, int(_LARGEST_SHARE * captures))


def things_of(evidence: Mapping[int, Evidence], likeness: Likeness = Likeness.LOOK_ALIKE) -> dict[int, Thing]:
    """The thing that each capture shows together with others; captures that are alone are not in the answer.

    Args:
        evidence: of all captures of a project or data set, by id.
        likeness: how much alike captures of one thing are.
    """
    base = _known_things(evidence)
    joined = _Joined(evidence, largest_guess(len(evidence)))
    for members in _gathered((key, capture_id) for capture_id, (_, key) in base.items()):
        joined.join(members)
    if likeness >= Likeness.LOOK_ALIKE:
        for members in _gathered((one.look_alike, i) for i, one in evidence.items() if one.look_alike):
            free = [capture_id for capture_id in members if capture_id not in base]
            known = {base[capture_id]: capture_id for capture_id in members if capture_id in base}
            joined.join([*free, *(known.values() if len(known) == 1 else ())])
    if likeness >= Likeness.NEAR_DUPLICATE:
        for members in _gathered(
            (one.near_duplicate, i) for i, one in evidence.items() if one.near_duplicate
        ):
            for other in members[1:]:
                joined.join_small(members[0], other)
    return joined.things({capture_id: kind for capture_id, (kind, _) in base.items()})


def named_things(paths: Mapping[int, str]) -> dict[int, str]:
    """The thing that each capture shows where nothing but names of files is known: the path of its first capture."""
    things = things_of({capture_id: Evidence(path) for capture_id, path in paths.items()})
    return {i: paths[things[i].number] if i in things else path for i, path in paths.items()}


def _known_things(evidence: Mapping[int, Evidence]) -> dict[int, tuple[GroupKind, Hashable]]:
    """The surest reason for each capture that belongs to something, and the key of that."""
    tracks = tracks_of({capture_id: one.path for capture_id, one in evidence.items() if not one.given})
    seen = {i: one.moment for i, one in evidence.items() if one.moment is not None}
    moments = moments_of(seen) if seen else {}
    known: dict[int, tuple[GroupKind, Hashable]] = {}
    for capture_id, one in evidence.items():
        if one.given:
            known[capture_id] = (GroupKind.GIVEN, one.given)
        elif capture_id in tracks:
            known[capture_id] = (GroupKind.TRACK, (GroupKind.TRACK, tracks[capture_id]))
        elif capture_id in moments:
            known[capture_id] = (GroupKind.MOMENT, (GroupKind.MOMENT, moments[capture_id]))
    return known


def _gathered(pairs: Iterable[tuple[Hashable, int]]) -> list[list[int]]:
    """The captures of each key, in the order in which they come."""
    gathered: dict[Hashable, list[int]] = defaultdict(list)
    for key, capture_id in pairs:
        gathered[key].append(capture_id)
    return list(gathered.values())


class _Joined:
    """Captures that were joined (union-find); the smallest id of each group stands for it.

    Args:
        ids: all captures.
        most: how large a group may become by near-duplicates.
    """

    def __init__(self, ids: Iterable[int], most: int) -> None:
        self._parent = {capture_id: capture_id for capture_id in ids}
        self._size: Counter[int] = Counter()  # of groups of more than one
        self._most = most

    def join(self, members: list[int]) -> None:
        """Bring captures together."""
        for other in members[1:]:
            self._link(self._root(members[0]), self._root(other))

    def join_small(self, first: int, second: int) -> None:
        """Bring two together unless their groups are too large for that."""
        a, b = self._root(first), self._root(second)
        if self._sized(a) + self._sized(b) <= self._most:
            self._link(a, b)

    def things(self, kinds: Mapping[int, GroupKind]) -> dict[int, Thing]:
        """The groups of more than one; what is not in `kinds` was joined by its look."""
        surest: dict[int, GroupKind] = {}
        order = list(GroupKind)
        for capture_id, kind in kinds.items():
            root = self._root(capture_id)
            surest[root] = min(kind, surest.get(root, kind), key=order.index)
        made = {
            root: Thing(root, surest.get(root, GroupKind.LOOK_ALIKE))
            for root, size in self._size.items()
            if size > 1
        }
        roots = ((capture_id, self._root(capture_id)) for capture_id in self._parent)
        return {capture_id: made[root] for capture_id, root in roots if root in made}

    def _sized(self, root: int) -> int:
        return self._size[root] or 1

    def _root(self, capture_id: int) -> int:
        root = capture_id
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[capture_id] != root:
            self._parent[capture_id], capture_id = root, self._parent[capture_id]
        return root

    def _link(self, a: int, b: int) -> None:
        if a != b:
            smaller, larger = min(a, b), max(a, b)
            self._size[smaller] = self._sized(a) + self._sized(b)
            del self._size[larger]
            self._parent[larger] = smaller
