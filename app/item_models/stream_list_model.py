"""List model of the watched sources, and how each is doing."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.domain.stream_records import StreamRecord
from app.item_models.worded import worded
from app.services.streams.stream_service import StreamService
from vimd_core.streaming.sources.addresses import SourceKind
from vimd_core.streaming.sources.status import StreamState, StreamStatus

_NO_PARENT: Final = QModelIndex()
_FAILING: Final = (StreamState.REFUSED, StreamState.MISSING, StreamState.RECONNECTING)
translate = QCoreApplication.translate


class StreamRole(IntEnum):
    """What a delegate asks for."""

    ID = Qt.ItemDataRole.UserRole + 1
    STATUS = Qt.ItemDataRole.UserRole + 2
    STATE_TEXT = Qt.ItemDataRole.UserRole + 3
    REASON = Qt.ItemDataRole.UserRole + 4  # why nothing comes; empty while all is well
    IS_NETWORK = Qt.ItemDataRole.UserRole + 5


def state_text(status: StreamStatus) -> str:
    """How a source is doing, in a few words."""
    if status.state is StreamState.LIVE:
        return translate("StreamState", "live, {0}/s").format(f"{status.frames_per_s:.1f}")
    if status.state is StreamState.STALLED:
        return translate("StreamState", "stalled for {0} s").format(round(status.age_s or 0.0))
    if status.state is StreamState.RECONNECTING:
        return translate("StreamState", "reconnecting in {0} s").format(round(status.retry_in_s or 0.0))
    return {
        StreamState.CONNECTING: translate("StreamState", "connecting"),
        StreamState.PAUSED: translate("StreamState", "paused"),
        StreamState.STOPPED: translate("StreamState", "stopped"),
        StreamState.REFUSED: translate("StreamState", "sign-in needed"),
        StreamState.MISSING: translate("StreamState", "missing"),
        StreamState.ENDED: translate("StreamState", "ended"),
    }[status.state]


class StreamListModel(QAbstractListModel):
    """Rows in the order in which the sources were added."""

    def __init__(self, streams: StreamService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._streams = streams
        self._records: list[StreamRecord] = []
        streams.streams_changed.connect(self._on_streams)
        streams.status_changed.connect(self._on_status)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        """Number of sources."""
        return 0 if parent.isValid() else len(self._records)

    def row_of(self, stream_id: int) -> int:
        """Row of a source; -1 when it is not there."""
        return next((row for row, record in enumerate(self._records) if record.id == stream_id), -1)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name, id, status, or the status in words."""
        if not index.isValid() or index.row() >= len(self._records):
            return None
        record = self._records[index.row()]
        status = self._streams.status(record.id)
        if role == Qt.ItemDataRole.DisplayRole:
            return record.name
        if role == StreamRole.ID:
            return record.id
        if role == StreamRole.STATUS:
            return status
        if role == StreamRole.STATE_TEXT:
            return state_text(status)
        if role == StreamRole.REASON:
            return _reason(status)
        if role == StreamRole.IS_NETWORK:
            return record.kind == SourceKind.STREAM
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (record.name, state_text(status), _reason(status)) if part)
        return self._tool_tip(record, status) if role == Qt.ItemDataRole.ToolTipRole else None

    def _tool_tip(self, record: StreamRecord, status: StreamStatus) -> str:
        lines = [record.url, state_text(status)]
        if status.width_px:
            lines.append(
                ", ".join(
                    (
                        self.tr("{0} × {1} px").format(status.width_px, status.height_px),
                        self.tr("%Ln frame(s)", "", status.frames),
                        self.tr("%Ln capture(s)", "", status.sightings),
                    )
                )
            )
        if status.lost:
            lines.append(self.tr("%Ln damaged frame(s) skipped", "", status.lost))
        if status.missed:
            lines.append(self.tr("%Ln capture(s) dropped: too many at once", "", status.missed))
        return "\n".join(lines)

    def _on_streams(self, records: list[StreamRecord]) -> None:
        if [record.id for record in records] == [record.id for record in self._records]:
            self._records = list(records)
            if records:  # what is chosen stays chosen
                self.dataChanged.emit(self.index(0), self.index(len(records) - 1))
            return
        self.beginResetModel()
        self._records = list(records)
        self.endResetModel()

    def _on_status(self, stream_id: int, _status: StreamStatus) -> None:
        row = self.row_of(stream_id)
        if row >= 0:
            index = self.index(row)
            self.dataChanged.emit(index, index)


def _reason(status: StreamStatus) -> str:
    """Why nothing comes; empty while all is well."""
    if status.last_error is None or status.state not in _FAILING:
        return ""
    return worded(status.last_error)
