"""Held-out captures of a model: labelled ones that neither it nor a model before it has learnt from.

A model is right on what it has learnt from whatever it is worth elsewhere, so a figure of how good it is stands on
other captures alone. Captures that show the same thing as one that was learnt from count as learnt from, too
(`app.storage.groups.capture_groups`). All figures about models come through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from app.domain.records import ReviewState
from app.storage.database import schema
from app.storage.database.statements import in_chunks
from app.storage.groups.capture_groups import Groups
from vimd_core.training.retraining.split import CaptureSplit

_captures = schema.captures
_members = schema.revision_captures
_LABELLED = (ReviewState.ACCEPTED, ReviewState.CORRECTED)


class Judging:
    """What models have learnt from, within one transaction."""

    def __init__(self, connection: Connection, groups: Groups) -> None:
        self._connection = connection
        self._groups = groups

    def learnt_from(self, *model_ids: int) -> frozenset[int]:
        """Captures that may judge none of these models, labelled or not.

        They are those that a training has taught to one of them, or to a model that it was made from, replayed ones
        and those that its best epoch was chosen by included, and all labelled ones that show the same things.

        Args:
            model_ids: of the project.
        """
        taught = self._taught(model_ids)
        if not taught:
            return frozenset()
        things = self._things_of(taught)
        seen = {things[capture_id] for capture_id in taught if capture_id in things}
        return frozenset(taught | {capture_id for capture_id, thing in things.items() if thing in seen})

    def _taught(self, model_ids: Iterable[int]) -> set[int]:
        revision_ids = self._revisions_of(model_ids)
        taught: set[int] = set()
        for part in in_chunks(revision_ids):
            taught |= set(
                self._connection.scalars(
                    select(_members.c.capture_id).where(
                        _members.c.revision_id.in_(part), _members.c.split != CaptureSplit.HELD_BACK
                    )
                )
            )
        return taught

    def _revisions_of(self, model_ids: Iterable[int]) -> Sequence[int]:
        """What these models, and all that they were made from, have learnt from."""
        models, runs = schema.models, schema.training_runs
        parent_of = dict(self._connection.execute(select(models.c.id, models.c.parent_id)).all())
        line: set[int] = set()
        for model_id in model_ids:
            ancestor: int | None = model_id
            while ancestor is not None and ancestor not in line:
                line.add(ancestor)
                ancestor = parent_of.get(ancestor)
        made = self._connection.execute(
            select(runs.c.result_model_id, runs.c.revision_id).where(runs.c.result_model_id.is_not(None))
        )
        return sorted({revision_id for model_id, revision_id in made if model_id in line})

    def _things_of(self, taught: set[int]) -> dict[int, int]:
        """The thing that each labelled capture, and each of those taught, shows.

        What was taken out of the project, or unlabelled, since was learnt from all the same.
        """
        labelled = self._connection.scalars(select(_captures.c.id).where(_captures.c.state.in_(_LABELLED)))
        return self._groups.of(taught.union(labelled))
