"""Named queries on the open project: what item models and views read of it, answered in the window's thread."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from app.domain.capture_query import CaptureList, CaptureQuery, GroupField
from app.domain.records import CaptureCounts, CaptureRow, ClassCounts, ClassRecord
from app.services.tasks import Task

if TYPE_CHECKING:
    from app.storage.unit import Unit

Result = TypeVar("Result")
Headings = Mapping[int, tuple[str, str | None]]  # name and colour of each group


class ProjectAccess(Protocol):
    """Runs functions on the open project, if there is one, and hands their results over in the window's thread."""

    def read(self, work: Callable[[Unit], Result], on_success: Callable[[Result], None]) -> Task | None:
        """On one snapshot."""

    def write(self, work: Callable[[Unit], Result], on_success: Callable[[Result], None]) -> Task | None:
        """In one transaction."""


class ProjectQueries:
    """Each query returns a task, which can be cancelled; without a project it returns None and nothing comes.

    Args:
        project: where it is asked.
    """

    def __init__(self, project: ProjectAccess) -> None:
        self._project = project

    def find(self, query: CaptureQuery, on_found: Callable[[CaptureList, Headings], None]) -> Task | None:
        """The captures that a query asks for, and what stands above its groups."""

        def work(unit: Unit) -> tuple[CaptureList, Headings]:
            found = unit.captures.find(query)
            return found, unit.catalogue.headings(query.group) if found.groups else {}

        return self._project.read(work, lambda found: on_found(*found))

    def ids(self, query: CaptureQuery, on_found: Callable[[list[int]], None]) -> Task | None:
        """The captures that a query asks for, in its order."""

        def work(unit: Unit) -> list[int]:
            return list(unit.captures.find(query).ids)

        return self._project.read(work, on_found)

    def rows(self, ids: Sequence[int], on_rows: Callable[[list[CaptureRow]], None]) -> Task | None:
        """What the gallery shows of some captures; those that are gone are left out."""
        return self._project.read(lambda unit: unit.captures.rows(ids), on_rows)

    def counts(self, on_counted: Callable[[ClassCounts, CaptureCounts], None]) -> Task | None:
        """How many captures there are of each class and kind."""

        def work(unit: Unit) -> tuple[ClassCounts, CaptureCounts]:
            # In this order: classes are counted in memory, and then states are too.
            return unit.captures.class_counts(), unit.captures.counts()

        return self._project.read(work, lambda counted: on_counted(*counted))

    def classes(self, on_classes: Callable[[list[ClassRecord]], None]) -> Task | None:
        """All classes in their order."""
        return self._project.read(lambda unit: unit.catalogue.classes(), on_classes)

    def shown_classes(self, ids: Sequence[int], on_found: Callable[[array[int]], None]) -> Task | None:
        """The class that each of these captures is shown with, 0 for none."""

        def work(unit: Unit) -> array[int]:
            shown = dict(zip(*unit.captures.shown_classes(), strict=True))
            return array("q", [shown.get(each, 0) for each in ids])

        return self._project.read(work, on_found)

    def present_classes(
        self, class_ids: frozenset[int], on_found: Callable[[dict[int, int]], None]
    ) -> Task | None:
        """For each class the one that it was merged into, itself when it still stands, 0 when it was deleted."""
        return self._project.read(lambda unit: unit.runs.present_classes(set(class_ids)), on_found)

    def sources(self, on_found: Callable[[Headings, Mapping[int, str]], None]) -> Task | None:
        """The places of all sources, and what the user calls those that are watched."""

        def work(unit: Unit) -> tuple[Headings, Mapping[int, str]]:
            return unit.catalogue.headings(GroupField.SOURCE), unit.catalogue.stream_names()

        return self._project.read(work, lambda found: on_found(*found))

    def saved_filters(self, on_found: Callable[[list[tuple[str, CaptureQuery]]], None]) -> Task | None:
        """The filters that the user has saved, by name, in their order."""
        return self._project.read(lambda unit: unit.catalogue.saved_filters(), on_found)

    def save_filter(self, name: str, query: CaptureQuery, on_saved: Callable[[], None]) -> None:
        """Keep a filter under a name; one of the same name is replaced."""
        self._project.write(lambda unit: unit.catalogue.save_filter(name, query), lambda _none: on_saved())

    def delete_filter(self, name: str, on_deleted: Callable[[], None]) -> None:
        """Forget a saved filter."""
        self._project.write(lambda unit: unit.catalogue.delete_filter(name), lambda _none: on_deleted())
