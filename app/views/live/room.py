"""The live room: the list of cameras and streams, what one sees now, and their commands."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal

from app.item_models.stream_list_model import StreamListModel
from app.views.live.live_view import LiveView
from app.views.live.questions import LiveQuestions
from app.views.live.stream_commands import StreamCommands
from app.views.live.stream_list import StreamList
from app.views.shared.panels import Panel, late_panel
from app.views.shared.room_context import RoomContext, on

_WIDTH_PX: Final = 520


class LiveRoom(QObject):
    """Cameras, streams, videos, watched folders and the screen."""

    panel_wanted = Signal(str, int)  # its name, and how wide it is at the least
    review_wanted = Signal(int)  # id of the source whose captures are to be reviewed

    def __init__(self, context: RoomContext, questions: LiveQuestions) -> None:
        super().__init__(context.window)
        streams, theme = context.services.streams, context.theme
        self._streams = streams
        unsure_below = context.preferences.values.unsure_below
        self.stream_list = StreamList(StreamListModel(streams, self), streams, theme)
        self.view = LiveView(streams, context.services.live, theme, unsure_below)
        self.commands = StreamCommands(streams, questions, context.message_bar, self)
        on(context.actions.add_stream, self.commands.add)
        on(context.actions.capture_now, self.view.snap.click)
        self.stream_list.live_view_wanted.connect(self.show_stream)
        self.stream_list.edit_wanted.connect(self.commands.edit)
        self.stream_list.password_wanted.connect(self.commands.ask_credentials)
        self.stream_list.remove_wanted.connect(self.commands.remove)
        self.view.review_wanted.connect(self._review)
        context.preferences.changed.connect(lambda _before, now: self.view.set_unsure_below(now.unsure_below))

    @property
    def panels(self) -> list[Panel]:
        """What this room docks."""
        return [late_panel("live", self.tr("Live"), self.view, "Ctrl+5")]

    def show_stream(self, stream_id: int) -> None:
        """Show what a source sees now."""
        self.panel_wanted.emit("live", _WIDTH_PX)
        self.view.show_stream(stream_id)

    def _review(self, stream_id: int) -> None:
        record = next((record for record in self._streams.records if record.id == stream_id), None)
        if record is not None:
            self.review_wanted.emit(record.source_id)
