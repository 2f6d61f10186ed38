"""The index of captures in memory, for filters and sorting: read with the first query, see `capture_index_arrays`.

numpy comes with it, which takes a seventh of the time that the program needs to start: here it is only named.
"""

from __future__ import annotations

import threading
from array import array
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from app.domain.capture_query import CaptureList, CaptureQuery
from app.domain.suggestions import CurrentSuggestions

if TYPE_CHECKING:
    from app.storage.database.capture_index_arrays import ColumnArrays


def follow_changes(connection: Any) -> None:
    """Let a writer's connection note which captures it touches.

    Args:
        connection: of sqlite3.
    """
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS touched_captures (id INTEGER PRIMARY KEY)")
    for event, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
        connection.execute(
            f"CREATE TEMP TRIGGER IF NOT EXISTS touched_by_{event.lower()} AFTER {event} ON main.all_captures BEGIN "
            f"INSERT OR IGNORE INTO touched_captures VALUES ({row}.id); END"
        )


class CaptureColumns:
    """The columns of one project, read when they are first needed. Queries may come from any thread."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._arrays: ColumnArrays | None = None
        self._suggestions: tuple[CurrentSuggestions | None, bool] = (None, False)

    @property
    def is_loaded(self) -> bool:
        """Whether everything was read once."""
        return self._arrays is not None

    def load(self, connection: Connection) -> ColumnArrays:
        """The columns; who comes while another thread reads them waits for that."""
        with self._loading:
            if self._arrays is None:
                from app.storage.database.capture_index_arrays import ColumnArrays

                arrays = ColumnArrays()
                arrays.load(connection)
                suggestions, are_shown = self._suggestions
                arrays.set_suggestions(suggestions, are_shown=are_shown)
                self._arrays = arrays
            return self._arrays

    def set_suggestions(self, suggestions: CurrentSuggestions | None, *, are_shown: bool) -> None:
        """Filter, sort and count by these from now on, as `ColumnArrays.set_suggestions`."""
        self._suggestions = (suggestions, are_shown)
        if self._arrays is not None:
            self._arrays.set_suggestions(suggestions, are_shown=are_shown)

    def catch_up(self, connection: Connection) -> None:
        """Read again what the writer has touched; to be called on its connection, after a commit."""
        if self._arrays is not None:
            self._arrays.catch_up(connection)

    def note_names_changed(self) -> None:
        """Sort by name anew, once the transaction that calls this is on disk."""
        if self._arrays is not None:
            self._arrays.note_names_changed()

    def query(self, query: CaptureQuery, connection: Connection) -> CaptureList:
        """Answer a query.

        Args:
            query: what to list.
            connection: for what is not in the columns: paths and names.
        """
        return self.load(connection).query(query, connection)

    def counts(self, column: str, connection: Connection) -> dict[int, int]:
        """How many captures have each value of state, label, predicted, shown or source; 0 stands for no class."""
        return self.load(connection).counts(column)

    def unreadable_counts(self, state: int, connection: Connection) -> tuple[int, int]:
        """How many captures can't be read, and how many of these are in a state."""
        return self.load(connection).unreadable_counts(state)

    def shown_classes(self, connection: Connection) -> tuple[array[int], array[int]]:
        """All captures and the class that each is shown with, 0 for none; int64."""
        return self.load(connection).shown_classes()
