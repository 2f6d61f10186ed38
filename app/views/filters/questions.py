"""Modal dialogs about filters."""

from __future__ import annotations

from app.views.shared.room_questions import RoomQuestions


class FilterQuestions(RoomQuestions):
    """The name of a saved filter."""

    def ask_filter_name(self) -> str:
        """The name under which the filter of now is saved; nothing when it was given up."""
        return self._ask_text(
            self.tr("Save filter"), self.tr("Filter name (replaces a filter of the same name):")
        )
