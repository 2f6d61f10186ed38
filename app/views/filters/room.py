"""The filters' room: quick filters, the filter panel, chips and saved filters, and their actions."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.domain.records import CaptureFilter
from app.views.filters.filter_chips import FilterChips
from app.views.filters.filter_panel import FilterPanel
from app.views.filters.questions import FilterQuestions
from app.views.filters.quick_filters import QuickFilters
from app.views.filters.saved_filters import SavedFilters
from app.views.shared.panels import LEFT, Panel
from app.views.shared.room_context import RoomContext, on


class FilterRoom(QObject):
    """Everything here changes one thing: the query of the list of captures."""

    panel_wanted = Signal(str)

    def __init__(self, context: RoomContext, questions: FilterQuestions) -> None:
        super().__init__(context.window)
        actions, captures, classes = context.actions, context.captures, context.classes
        self._actions = actions
        self._captures = captures
        self.quick = QuickFilters(actions.filters)
        self.saved = SavedFilters(context.services.projects, captures, questions, context.theme)
        self.panel = FilterPanel(captures, classes, self.saved)
        self.chips = FilterChips(
            captures, classes, context.sources, actions.clear_filter, actions.save_filter
        )
        on(actions.search, self._search)
        on(actions.clear_filter, self._clear)
        on(actions.save_filter, self.saved.save)
        for which, action in actions.filters.items():
            action.triggered.connect(lambda _checked=False, chosen=which: captures.set_filter(chosen))
        captures.query_changed.connect(self._show_quick_filter)
        context.services.projects.opened.connect(lambda _name, _folder: self._show_all())
        self._show_all()

    @property
    def panels(self) -> list[Panel]:
        """What this room docks."""
        return [Panel("filters", self.tr("Filters"), self.panel, LEFT, height=320)]

    def _search(self) -> None:
        self.panel_wanted.emit("filters")
        self.panel.start_search()

    def _clear(self) -> None:
        self.panel.discard_typing()
        self._captures.set_query(self._captures.query.without_filter())

    def _show_all(self) -> None:
        self._actions.filters[CaptureFilter.ALL].setChecked(True)

    def _show_quick_filter(self) -> None:
        which = self._captures.filter
        for known, action in self._actions.filters.items():
            action.setChecked(known is which)
