"""The commands of watched sources: their dialogs, and their errors in the message bar."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from app.domain.stream_records import StreamRecord
from app.item_models.worded import worded
from app.services.streams.stream_service import StreamService
from app.views.live.questions import LiveQuestions
from app.views.shared.message_bar import MessageBar
from vimd_core.streaming.sources.status import StreamState, StreamStatus

_SAID_STATES: Final = (StreamState.REFUSED, StreamState.MISSING)
_TOPIC: Final = "sources"
_MOST_NAMES: Final = 3


class StreamCommands(QObject):
    """Adds sources, and asks for passwords where no key store has them."""

    def __init__(
        self,
        streams: StreamService,
        questions: LiveQuestions,
        message_bar: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._streams = streams
        self._questions = questions
        self._message_bar = message_bar
        self._troubles: dict[int, StreamStatus] = {}
        streams.failed.connect(lambda sentence: message_bar.show_error(worded(sentence)))
        streams.brought_back.connect(self._on_brought_back)
        streams.streams_changed.connect(self._on_streams)
        streams.key_store_missing.connect(self._on_key_store_missing)
        streams.status_changed.connect(self._on_status)

    def add(self, address: str = "") -> None:
        """Watch another camera, stream, video or folder, such as the one that somebody has given."""
        new = self._questions.ask_stream(address=address) if address else self._questions.ask_stream()
        if new is not None:
            self._streams.add(new)

    def edit(self, stream_id: int) -> None:
        """Ask for other settings of a source."""
        record = next((record for record in self._streams.records if record.id == stream_id), None)
        if record is None:
            return
        new = self._questions.ask_stream(record.name, self._streams.settings(stream_id))
        if new is not None:
            self._streams.change(
                stream_id,
                new.settings,
                name=new.name.strip() or record.name,
                credentials=new.credentials or None,
                keeps_credentials=new.keeps_credentials,
            )

    def remove(self, stream_id: int) -> None:
        """Watch a source no longer, if that is what is wanted."""
        name = next((record.name for record in self._streams.records if record.id == stream_id), None)
        if name is not None and self._questions.ask_stream_removal(name):
            self._streams.remove(stream_id)

    def ask_credentials(self, stream_id: int) -> None:
        """Ask for another user name and password."""
        name = next((record.name for record in self._streams.records if record.id == stream_id), "")
        asked = self._questions.ask_credentials(name)
        if asked is not None:
            credentials, keeps = asked
            self._streams.give_credentials(stream_id, credentials, keeps=keeps)

    def _on_key_store_missing(self) -> None:
        self._message_bar.show_notice(
            self.tr("No system keychain is available: you will be asked for the password each time.")
        )

    def _on_brought_back(self, name: str) -> None:
        self._message_bar.show_notice(
            self.tr("{0} was added before: its regions and settings are restored.").format(name)
        )

    def _on_streams(self, records: list[StreamRecord]) -> None:
        known = {record.id for record in records}
        self._show_troubles({i: status for i, status in self._troubles.items() if i in known})

    def _on_status(self, stream_id: int, status: StreamStatus) -> None:
        troubles = {i: other for i, other in self._troubles.items() if i != stream_id}
        if status.state in _SAID_STATES:
            troubles[stream_id] = status
        self._show_troubles(troubles)

    def _show_troubles(self, troubles: dict[int, StreamStatus]) -> None:
        """Each source's state stands in its row; here is one sentence about all of them."""
        before, now = _states(self._troubles), _states(troubles)
        self._troubles = troubles
        if before == now:
            return
        if not now:
            self._message_bar.withdraw(_TOPIC)
        elif now - before or self._message_bar.has(
            _TOPIC
        ):  # one that was closed comes back with another trouble
            self._say(troubles)

    def _say(self, troubles: dict[int, StreamStatus]) -> None:
        names = [record.name for record in self._streams.records if record.id in troubles]
        if len(names) > 1:
            shown = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
            text = self.tr(
                "%Ln source(s) can't be read: {0}. See the Sources panel for details.", "", len(names)
            )
            self._message_bar.show_error(text.format(shown), topic=_TOPIC)
            return
        ((stream_id, status),) = troubles.items()
        text = (
            f"{names[0] if names else ''}: {'' if status.last_error is None else worded(status.last_error)}"
        )
        if status.state is StreamState.REFUSED:
            self._message_bar.show_error(
                text, self.tr("Password…"), lambda: self.ask_credentials(stream_id), topic=_TOPIC
            )
        else:
            self._message_bar.show_error(text, topic=_TOPIC)


def _states(troubles: dict[int, StreamStatus]) -> set[tuple[int, StreamState, str]]:
    return {(stream_id, status.state, str(status.last_error)) for stream_id, status in troubles.items()}
