"""Puts dialogs before the watched sources, and what goes wrong with them into the message bar."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.services.stream_service import StreamService
from app.views.dialogs import Dialogs
from app.views.error_wording import localised
from app.views.message_bar import MessageBar
from vimd_core.streaming.status import StreamState, StreamStatus

_SAID_STATES = (StreamState.REFUSED, StreamState.MISSING)


class StreamCommands(QObject):
    """Adds sources, and asks for passwords where no key store has them."""

    def __init__(
        self, streams: StreamService, dialogs: Dialogs, message_bar: MessageBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._streams = streams
        self._dialogs = dialogs
        self._message_bar = message_bar
        self._states: dict[int, StreamState] = {}
        streams.failed.connect(lambda sentence: message_bar.show_error(localised(sentence)))
        streams.credentials_needed.connect(self._on_credentials_needed)
        streams.key_store_missing.connect(self._on_key_store_missing)
        streams.status_changed.connect(self._on_status)

    def add(self) -> None:
        """Watch another camera, stream, video or folder."""
        new = self._dialogs.ask_stream()
        if new is not None:
            self._streams.add(new)

    def edit(self, stream_id: int) -> None:
        """Ask for other settings of a source."""
        record = next((record for record in self._streams.records if record.id == stream_id), None)
        if record is None:
            return
        new = self._dialogs.ask_stream(record.name, self._streams.settings(stream_id))
        if new is not None:
            self._streams.change(
                stream_id,
                new.settings,
                name=new.name.strip() or record.name,
                credentials=new.credentials or None,
                keeps_credentials=new.keeps_credentials,
            )

    def ask_credentials(self, stream_id: int) -> None:
        """Ask for another user name and password."""
        name = next((record.name for record in self._streams.records if record.id == stream_id), "")
        asked = self._dialogs.ask_credentials(name)
        if asked is not None:
            credentials, keeps = asked
            self._streams.give_credentials(stream_id, credentials, keeps=keeps)

    def _on_credentials_needed(self, stream_id: int) -> None:
        # A program that was just started does not begin with a row of questions.
        name = next((record.name for record in self._streams.records if record.id == stream_id), "")
        self._message_bar.show_error(
            self.tr("{0} needs its password: no key store of the system has it.").format(name),
            self.tr("Give it…"),
            lambda: self.ask_credentials(stream_id),
        )

    def _on_key_store_missing(self) -> None:
        self._message_bar.show_notice(
            self.tr("This system has no key store that can be used: the password is asked for each time.")
        )

    def _on_status(self, stream_id: int, status: StreamStatus) -> None:
        before = self._states.get(stream_id)
        self._states[stream_id] = status.state
        if (
            status.state is before
            or status.state not in _SAID_STATES
            or not self._streams.is_running(stream_id)
        ):
            return
        name = next((record.name for record in self._streams.records if record.id == stream_id), "")
        text = f"{name}: {localised(status.last_error)}"
        if status.state is StreamState.REFUSED:
            self._message_bar.show_error(text, self.tr("Password…"), lambda: self.ask_credentials(stream_id))
        else:
            self._message_bar.show_error(text)
