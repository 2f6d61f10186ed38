"""Class lookup: which class of a project a name means, and which names are still free.

Names that mean the same (`class_identity`) are one class. A project that was made before that was so
may hold several of them; then the one that is spelt exactly so is meant, or else the first.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select, update

from app.domain.errors import ProjectError
from app.domain.records import EnsuredClasses
from app.storage.database import schema
from app.storage.database.statements import insert_id
from vimd_core.data.classes.class_identity import class_key, tidy_class_name

_classes = schema.classes
_GOLDEN_RATIO = 0.618033988749895


def class_colour(position: int) -> str:
    """A colour for the class at a position: neighbours differ, and all read well on light and dark."""
    hue = (0.57 + position * _GOLDEN_RATIO) % 1.0
    red, green, blue = colorsys.hls_to_rgb(hue, 0.52 + 0.06 * (position % 3 - 1), 0.55)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


class ClassLookup:
    """Looks classes up by name and makes new ones, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ensure(self, names: Sequence[str]) -> EnsuredClasses:
        """The classes of these names; those that are missing are added at the end.

        Raises:
            ProjectError: a name is empty.
        """
        exact, by_key = self._known()
        ids: dict[str, int] = {}
        made: list[int] = []
        for name in names:
            tidy, key = tidy_class_name(name), class_key(name)
            if not key:
                raise ProjectError("Enter a class name.")
            known = exact.get(tidy, by_key.get(key))
            if known is None:
                known = exact[tidy] = by_key[key] = self._make(tidy)
                made.append(known)
            ids[name] = known
        return EnsuredClasses(ids, tuple(made))

    def holder(self, name: str, *, other_than: int) -> int | None:
        """Another class that this name means; None when the name is free."""
        exact, by_key = self._known(other_than)
        return exact.get(tidy_class_name(name), by_key.get(class_key(name)))

    def free(self, wanted: str, class_id: int) -> str:
        """This name, or with a number when it means another class: since it was given up, it may have been taken."""
        name, number = wanted, 1
        while self.holder(name, other_than=class_id) is not None or self._row_of(name) not in (
            None,
            class_id,
        ):
            number += 1
            name = f"{wanted} {number}"
        return name

    def clear_the_way(self, name: str) -> None:
        """Let go of a name that only a class that is gone still has."""
        class_id = self._row_of(name)
        if class_id is not None:
            self._connection.execute(
                update(_classes)
                .where(_classes.c.id == class_id, _classes.c.retired.is_(True))
                .values(name=self._numbered(name))
            )

    def _make(self, name: str) -> int:
        self.clear_the_way(name)
        position = self._connection.scalar(select(func.count()).select_from(_classes)) or 0
        return insert_id(
            self._connection,
            insert(_classes).values(name=name, colour=class_colour(position), position=position),
        )

    def _numbered(self, name: str) -> str:
        number = 2
        while self._row_of(f"{name} {number}") is not None:
            number += 1
        return f"{name} {number}"

    def _row_of(self, name: str) -> int | None:
        return self._connection.scalar(select(_classes.c.id).where(_classes.c.name == name))

    def _known(self, other_than: int | None = None) -> tuple[dict[str, int], dict[str, int]]:
        """The classes that are in use, by their names and by what the names mean."""
        exact: dict[str, int] = {}
        by_key: dict[str, int] = {}
        present = select(_classes.c.id, _classes.c.name).where(_classes.c.retired.is_(False))
        for class_id, name in self._connection.execute(present.order_by(_classes.c.position, _classes.c.id)):
            if class_id != other_than:
                exact.setdefault(name, class_id)
                by_key.setdefault(class_key(name), class_id)
        return exact, by_key
