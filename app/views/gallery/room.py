"""The gallery's room: builds the grid of captures with its line above it, and connects their actions."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject

from app.domain.capture_query import CaptureQuery, SortField
from app.services.program.preferences import PreferenceValues
from app.views.gallery.gallery_bar import GalleryBar
from app.views.gallery.gallery_place import GalleryPlace
from app.views.gallery.gallery_selection import GallerySelection
from app.views.gallery.gallery_view import GalleryView
from app.views.gallery.thumbnail_size import ThumbnailSize
from app.views.gallery.tile_delegate import TileDelegate
from app.views.gallery.tile_painter import AnswerChange
from app.views.shared.room_context import RoomContext, on


class GalleryRoom(QObject):
    """Captures as tiles, which of them are selected, and in which order they are listed."""

    def __init__(self, context: RoomContext) -> None:
        super().__init__(context.window)
        actions, captures = context.actions, context.captures
        self._captures = captures
        self.view = GalleryView(context.theme)
        self.delegate = TileDelegate(context.theme, self)
        self.view.setItemDelegate(self.delegate)
        self.view.setModel(captures)
        self._place = GalleryPlace(self.view, captures)
        self.selection = GallerySelection(self.view, captures, context.services.inspect, actions, self)
        self.thumbnail_size = ThumbnailSize(self.view, self.delegate, context.theme, context.settings)
        self.bar = GalleryBar(captures, self.view.selectionModel())
        self.bar.add_widget(self.thumbnail_size)
        self.bar.smooth_toggled.connect(self.view.set_smooth)
        self.bar.grown.connect(self.view.place_bar)
        self.view.set_bar(self.bar)
        context.services.groups.counted.connect(self.bar.set_things)
        on(actions.select_all, self.view.selectAll)
        on(actions.larger, lambda: self.thumbnail_size.step(1))
        on(actions.smaller, lambda: self.thumbnail_size.step(-1))
        captures.query_changed.connect(self._forget_changes)
        context.preferences.changed.connect(lambda _before, now: self._mark_unsure(now))
        self._mark_unsure(context.preferences.values)

    def flash(self, capture_id: int) -> None:
        """Draw the eye to a capture for a moment."""
        row = self._captures.row_of(capture_id)
        if row is not None:
            self.view.flash(row)

    def list_captures(self, ids: tuple[int, ...]) -> None:
        """List these captures alone, in their order."""
        self._captures.set_query(CaptureQuery(within=ids, sort=SortField.GIVEN))

    def list_changes(self, changes: Mapping[int, AnswerChange]) -> None:
        """List captures on which two models differ, or fail alike: their tiles say what each answers."""
        self.list_captures(tuple(changes))
        self.delegate.tiles.set_changes(changes)
        self.view.viewport().update()

    def _forget_changes(self) -> None:
        """Another list speaks of the model in use again."""
        self.delegate.tiles.set_changes({})

    def _mark_unsure(self, values: PreferenceValues) -> None:
        self.delegate.tiles.set_unsure_below(values.unsure_below)
        self.view.viewport().update()
