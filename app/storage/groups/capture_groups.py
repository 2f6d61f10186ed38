"""Groups (clusters) of captures that show one thing: what is known of them, and which thing each capture shows.

Everything that splits captures, or judges by them, asks here. Triggers count each change that may matter; until the
things were found anew (`app.storage.regrouping`), they are worked out for each question, so that no answer is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.records import GroupCounts, ReviewState
from app.storage.database import schema
from app.storage.database.paths import StoredPaths
from app.storage.database.statements import in_chunks
from vimd_core.groups.agreement import likeness_of
from vimd_core.groups.moments import Moment
from vimd_core.groups.things import Evidence, GroupKind, Thing, things_of

_captures = schema.captures
_all = schema.all_captures
_groups = schema.capture_groups
_seen = schema.stream_captures
_project = schema.project
_LABELLED: Final = (ReviewState.ACCEPTED, ReviewState.CORRECTED)


@dataclass(frozen=True)
class FoundThings:
    """The things of a project as they should stand in it.

    Attributes:
        changes: what does not stand there: captures and their things, None for those that are alone.
        version: of the evidence that this is by.
    """

    changes: Mapping[int, Thing | None]
    version: int


class Groups:
    """What captures show, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths) -> None:
        self._connection = connection
        self._paths = paths

    @property
    def is_settled(self) -> bool:
        """Whether the stored things are up to date."""
        row = self._connection.execute(select(_project.c.groups_changed, _project.c.groups_settled)).first()
        return row is not None and row.groups_changed == row.groups_settled

    def of(self, ids: Iterable[int]) -> dict[int, int]:
        """The number of the thing that each capture shows: equal for those that belong together.

        Args:
            ids: captures; one that belongs to no other has its own id as the number.
        """
        wanted = list(ids)
        if not self.is_settled:
            things = self._worked_out()
            return {one: things[one].number if one in things else one for one in wanted}
        found: dict[int, int] = {}
        for chunk in in_chunks(wanted):
            statement = select(_groups.c.capture_id, _groups.c.thing).where(
                _groups.c.capture_id.in_(chunk), _groups.c.thing.is_not(None)
            )
            found.update(self._connection.execute(statement).all())
        return {one: found.get(one, one) for one in wanted}

    def keys(self, ids: Iterable[int]) -> dict[int, str]:
        """The thing that each capture shows, by the path of its first capture: that is the same in all projects."""
        things = self.of(ids)
        paths = {
            row.id: self._paths.to_absolute_text(row.path)
            for chunk in in_chunks(sorted(set(things.values())))
            for row in self._connection.execute(select(_all.c.id, _all.c.path).where(_all.c.id.in_(chunk)))
        }
        return {capture_id: paths[thing] for capture_id, thing in things.items()}

    def mates(self, capture_id: int) -> tuple[GroupKind | None, tuple[int, ...]]:
        """Why a capture belongs with others, and all captures in the project of its thing, itself included."""
        row = self._connection.execute(
            select(_groups.c.thing, _groups.c.kind).where(
                _groups.c.capture_id == capture_id, _groups.c.thing.is_not(None)
            )
        ).first()
        if row is None:
            return None, (capture_id,)
        of_thing = (
            select(_captures.c.id)
            .join(_groups, _groups.c.capture_id == _captures.c.id)
            .where(_groups.c.thing == row.thing)
            .order_by(_captures.c.id)
        )
        return GroupKind(row.kind), tuple(self._connection.scalars(of_thing))

    def counts(self) -> GroupCounts:
        """How many things the project shows; as far as it was settled."""
        captures = self._connection.scalar(select(func.count()).select_from(_captures)) or 0
        grouped = (
            select(func.count(), func.count(_groups.c.thing.distinct()))
            .select_from(_groups)
            .join(_captures, _captures.c.id == _groups.c.capture_id)
            .where(_groups.c.thing.is_not(None))
        )
        members, things = self._connection.execute(grouped).one()
        return GroupCounts(captures, captures - members + things)

    @property
    def has_given(self) -> bool:
        """Whether any `group` column was ever taken over."""
        return (
            self._connection.scalar(select(_groups.c.capture_id).where(_groups.c.given != "").limit(1))
            is not None
        )

    def given(self, ids: Sequence[int]) -> dict[int, str]:
        """What `group` columns have said of captures; those of which none said anything are left out."""
        return {
            row.capture_id: row.given
            for chunk in in_chunks(ids)
            for row in self._connection.execute(
                select(_groups.c.capture_id, _groups.c.given).where(
                    _groups.c.capture_id.in_(chunk), _groups.c.given != ""
                )
            )
        }

    def set_given(self, groups: Mapping[int, str]) -> None:
        """Take over what a `group` column says; what it says nothing of stays as it is."""
        self._upsert(
            [{"capture_id": one, "given": group} for one, group in groups.items() if group], ("given",)
        )

    def set_look_alikes(self, look_alikes: Mapping[int, tuple[int, int]]) -> None:
        """Take over which captures look alike; whatever was known of that before is forgotten.

        Args:
            look_alikes: numbers of the groups of look-alikes and of near-duplicates, by capture; 0 for none.
        """
        known = {
            i: (a, b)
            for i, a, b in self._connection.execute(
                select(_groups.c.capture_id, _groups.c.look_alike, _groups.c.near_duplicate).where(
                    or_(_groups.c.look_alike != 0, _groups.c.near_duplicate != 0)
                )
            )
        }
        wanted = {one: numbers for one, numbers in look_alikes.items() if numbers != (0, 0)}
        wanted |= {one: (0, 0) for one in known if one not in wanted}
        self._upsert(
            [
                {"capture_id": one, "look_alike": numbers[0], "near_duplicate": numbers[1]}
                for one, numbers in wanted.items()
                if known.get(one, (0, 0)) != numbers
            ],
            ("look_alike", "near_duplicate"),
        )

    def forget_look(self, ids: Sequence[int]) -> None:
        """Captures that look otherwise now, since their files have changed."""
        for chunk in in_chunks(ids):
            self._connection.execute(
                update(_groups).where(_groups.c.capture_id.in_(chunk)).values(look_alike=0, near_duplicate=0)
            )

    def find(self) -> FoundThings:
        """Work out which thing each capture shows, and what of that does not stand in the project yet."""
        things = self._worked_out()
        version = self._connection.scalar(select(_project.c.groups_changed)) or 0
        stored = {
            i: Thing(number, GroupKind(kind))
            for i, number, kind in self._connection.execute(
                select(_groups.c.capture_id, _groups.c.thing, _groups.c.kind).where(
                    _groups.c.thing.is_not(None)
                )
            )
        }
        changes: dict[int, Thing | None] = {i: one for i, one in things.items() if stored.get(i) != one}
        changes |= {i: None for i in stored if i not in things}
        return FoundThings(changes, version)

    def note(self, changes: Mapping[int, Thing | None]) -> None:
        """Write down some of what was found."""
        self._upsert(
            [
                {"capture_id": i, "thing": one and one.number, "kind": one and str(one.kind)}
                for i, one in changes.items()
            ],
            ("thing", "kind"),
        )

    def settle(self, version: int) -> None:
        """All that was found by this version of the evidence stands in the project."""
        self._connection.execute(update(_project).values(groups_settled=version))

    def _worked_out(self) -> dict[int, Thing]:
        evidence = self._evidence()
        looks = {i: one.look_alike for i, one in evidence.items() if one.look_alike}
        duplicates = {i: one.near_duplicate for i, one in evidence.items() if one.near_duplicate}
        labelled = select(_captures.c.id, _captures.c.label_class_id).where(
            _captures.c.state.in_(_LABELLED), _captures.c.label_class_id.is_not(None)
        )
        classes = dict(self._connection.execute(labelled).all()) if looks or duplicates else {}
        return things_of(evidence, likeness_of(looks, duplicates, classes))

    def _evidence(self) -> dict[int, Evidence]:
        """Of all captures, removed ones too: models may have learnt from them."""
        known = {row.capture_id: row for row in self._connection.execute(select(_groups))}
        seen = {
            i: Moment(stream, region, taken_ms)
            for i, stream, region, taken_ms in self._connection.execute(
                select(_seen.c.capture_id, _seen.c.stream_id, _seen.c.region, _seen.c.taken_ms)
            )
        }
        evidence: dict[int, Evidence] = {}
        for capture_id, path in self._connection.execute(select(_all.c.id, _all.c.path)):
            row = known.get(capture_id)
            if row is None:
                evidence[capture_id] = Evidence(path, moment=seen.get(capture_id))
            else:
                evidence[capture_id] = Evidence(
                    path, row.given, seen.get(capture_id), row.look_alike, row.near_duplicate
                )
        return evidence

    def _upsert(self, rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
        if not rows:
            return
        values = insert(_groups).values({name: bindparam(name) for name in ("capture_id", *columns)})
        self._connection.execute(
            values.on_conflict_do_update(
                index_elements=[_groups.c.capture_id], set_={name: values.excluded[name] for name in columns}
            ),
            list(rows),
        )
