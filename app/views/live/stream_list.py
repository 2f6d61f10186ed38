"""The list of watched sources: name, status, and what can be done with each."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QInputDialog,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from app.item_models.stream_list_model import StreamListModel, StreamRole
from app.services.streams.stream_service import StreamService
from app.views.shared.theme import Theme
from vimd_core.streaming.sources.status import StreamState, StreamStatus

_LINE_PX: Final = 26
_REASON_PX: Final = 18
_DOT_PX: Final = 8
_MARGIN_PX: Final = 10
_COLOURS: Final = {
    StreamState.LIVE: "accepted",
    StreamState.STALLED: "corrected",
    StreamState.RECONNECTING: "corrected",
    StreamState.REFUSED: "problem",
    StreamState.MISSING: "problem",
    StreamState.CONNECTING: "accent",
}


class StreamList(QListView):
    """As high as its rows, and not there when there are none."""

    grown = Signal()
    live_view_wanted = Signal(int)
    edit_wanted = Signal(int)
    password_wanted = Signal(int)
    remove_wanted = Signal(int)

    def __init__(self, model: StreamListModel, streams: StreamService, theme: Theme) -> None:
        super().__init__()
        self._streams = streams
        self._heights: list[int] = []
        self.setObjectName("countedList")
        self.setAccessibleName(self.tr("Cameras and streams"))
        self.setModel(model)
        self.setItemDelegate(_LineDelegate(theme, self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.show_live = self._action(self.tr("Live view"), self.live_view_wanted.emit)
        self.start = self._action(self.tr("Start"), lambda stream_id: streams.set_enabled(stream_id, True))
        self.stop = self._action(self.tr("Stop"), lambda stream_id: streams.set_enabled(stream_id, False))
        self.snap = self._action(self.tr("Capture now"), streams.snap)
        self.edit_settings = self._action(self.tr("Settings…"), self.edit_wanted.emit)
        self.rename = self._action(self.tr("Rename…"), self._rename)
        self.password = self._action(self.tr("User name and password…"), self.password_wanted.emit)
        self.remove = self._action(self.tr("Remove…"), self.remove_wanted.emit)
        self.activated.connect(lambda index: self.live_view_wanted.emit(index.data(StreamRole.ID)))
        self.selectionModel().currentChanged.connect(self._enable)
        model.modelReset.connect(self._fit)
        model.dataChanged.connect(self._fit)
        theme.changed.connect(self.viewport().update)
        self._fit()

    @property
    def current_id(self) -> int | None:
        """The source that is chosen."""
        value = self.currentIndex().data(StreamRole.ID)
        return int(value) if isinstance(value, int) else None

    def _action(self, text: str, do: object) -> QAction:
        action = QAction(text, self)

        def run() -> None:
            if self.current_id is not None and callable(do):
                do(self.current_id)

        action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)
        return action

    def _rename(self, stream_id: int) -> None:
        current = str(self.currentIndex().data())
        name, is_given = QInputDialog.getText(self, self.tr("Rename"), self.tr("Name:"), text=current)
        if is_given and name.strip():
            self._streams.rename(stream_id, name.strip())

    def _enable(self) -> None:
        stream_id = self.current_id
        is_running = stream_id is not None and self._streams.is_running(stream_id)
        status = self.currentIndex().data(StreamRole.STATUS)
        has_ended = isinstance(status, StreamStatus) and status.state is StreamState.ENDED
        self.start.setText(self.tr("Play again") if has_ended else self.tr("Start"))
        self.start.setEnabled(stream_id is not None and not is_running)
        self.password.setVisible(bool(self.currentIndex().data(StreamRole.IS_NETWORK)))
        for action in (self.stop, self.snap):
            action.setEnabled(is_running)
        for action in (self.show_live, self.edit_settings, self.rename, self.remove):
            action.setEnabled(stream_id is not None)

    def _fit(self) -> None:
        model = self.model()
        heights = [self.sizeHintForRow(row) for row in range(model.rowCount())]
        self.setVisible(bool(heights))
        self.setFixedHeight((sum(heights) or _LINE_PX) + 4)  # the panel scrolls, and not a list in it
        if heights != self._heights:
            is_more = sum(heights) > sum(self._heights)
            self._heights = heights
            self.scheduleDelayedItemsLayout()
            if is_more:
                self.grown.emit()
        self._enable()


class _LineDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, _LINE_PX + (_REASON_PX if index.data(StreamRole.REASON) else 0))

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        _option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Say all of what may not have fitted into the row."""
        if not isinstance(event, QHelpEvent) or event.type() is not QEvent.Type.ToolTip:
            return False
        lines = [index.data(Qt.ItemDataRole.ToolTipRole), str(index.data(StreamRole.REASON) or "")]
        QToolTip.showText(event.globalPos(), "\n".join(line for line in lines if line), view)
        return True

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        status = index.data(StreamRole.STATUS)
        state, rect, metrics = option.state, option.rect, option.fontMetrics
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._theme.colour("accent_soft" if is_selected else "hover"))
            painter.drawRoundedRect(rect.adjusted(3, 1, -3, -1), 5, 5)
        line = rect.adjusted(_MARGIN_PX, 0, -_MARGIN_PX, 0)
        text = str(index.data(StreamRole.STATE_TEXT))
        reason = str(index.data(StreamRole.REASON) or "")
        if reason:
            below = line.adjusted(_DOT_PX + 8, _LINE_PX - 4, 0, -4)
            line.setHeight(_LINE_PX)
            painter.setPen(self._theme.colour("muted"))
            shown = metrics.elidedText(f"{text}: {reason}", Qt.TextElideMode.ElideRight, below.width())
            painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
            painter.setPen(Qt.PenStyle.NoPen)
            text = ""
        name = _COLOURS.get(status.state, "faint") if isinstance(status, StreamStatus) else "faint"
        painter.setBrush(self._theme.colour(name))
        painter.drawEllipse(QRect(line.left(), line.center().y() - _DOT_PX // 2, _DOT_PX, _DOT_PX))
        line.setLeft(line.left() + _DOT_PX + 8)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignRight), text)
        line.setRight(line.right() - metrics.horizontalAdvance(text) - 8)
        painter.setPen(self._theme.colour("text"))
        shown = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignLeft), shown)
        painter.restore()
