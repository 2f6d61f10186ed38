"""The source panel: what captures come from; a click lists those of one. Cameras and streams show their status."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QItemSelectionModel, QSize, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.item_models.capture_list_model import CaptureListModel
from app.item_models.source_list_model import SourceListModel, SourceRole
from app.views.live.stream_list import StreamList
from app.views.shared.counted_list import CountedList
from app.views.shared.theme import Theme

_ROW_PX: Final = 26
_STREAMS_PX: Final = 240  # that cameras and streams have without being scrolled to
_ROWS: Final = 4  # of folders that have room without being scrolled to


class SourcePanel(QWidget):
    """What is chosen here is part of the gallery's query, and follows it."""

    grown = Signal()  # more is to be shown than before
    remove_wanted = Signal(list, int)  # ids of sources, and how many captures came from them

    def __init__(
        self,
        sources: SourceListModel,
        captures: CaptureListModel,
        theme: Theme,
        find_moved: QAction,
        streams: StreamList,
    ) -> None:
        super().__init__()
        self._sources = sources
        self._captures = captures
        self._streams = streams
        self._is_following = False
        self.list = CountedList(theme, SourceRole.COUNT, trouble_role=SourceRole.IS_MISSING)
        self.list.setAccessibleName(self.tr("Sources"))
        self.list.setModel(sources)
        self.list.setMinimumHeight(_ROW_PX)  # its own hint is higher than a few sources are
        self.show_in_files = QAction(self.tr("Show in file manager"), self)
        self.show_in_files.triggered.connect(self._show_in_files)
        self.list.addAction(self.show_in_files)
        self.list.addAction(find_moved)
        self.remove = QAction(self.tr("Remove from project"), self)
        self.remove.triggered.connect(self._remove)
        self.list.addAction(self.remove)
        self.list.remove_wanted.connect(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.addWidget(streams)  # first: how they are doing is not to be scrolled for
        layout.addWidget(self.list, 1)
        self.list.selectionModel().selectionChanged.connect(self._on_selection)
        captures.query_changed.connect(self._follow)
        sources.modelReset.connect(self._follow)
        streams.grown.connect(self._give_room)

    def sizeHint(self) -> QSize:
        """Room for the cameras and streams, and a few folders."""
        height = 0 if self._streams.isHidden() else min(self._streams.height(), _STREAMS_PX)
        return QSize(
            super().sizeHint().width(), height + min(self._sources.rowCount(), _ROWS) * _ROW_PX + _ROW_PX
        )

    def _give_room(self) -> None:
        self.updateGeometry()
        self.grown.emit()

    def _on_selection(self) -> None:
        if self._is_following:
            return
        chosen = frozenset(
            int(index.data(SourceRole.ID)) for index in self.list.selectionModel().selectedRows()
        )
        self._captures.set_query(replace(self._captures.query, source_ids=chosen or None))

    def _follow(self) -> None:
        """Choose what the query says, whoever set it."""
        wanted = self._captures.query.source_ids or frozenset()
        selection = self.list.selectionModel()
        self._is_following = True
        for row in range(self._sources.rowCount()):
            index = self._sources.index(row)
            command = (
                QItemSelectionModel.SelectionFlag.Select
                if index.data(SourceRole.ID) in wanted
                else QItemSelectionModel.SelectionFlag.Deselect
            )
            selection.select(index, command)
        self._is_following = False

    def _remove(self) -> None:
        chosen = self.list.selectionModel().selectedRows()
        if chosen:
            ids = [int(index.data(SourceRole.ID)) for index in chosen]
            self.remove_wanted.emit(ids, sum(index.data(SourceRole.COUNT) for index in chosen))

    def _show_in_files(self) -> None:
        for index in self.list.selectionModel().selectedRows()[:1]:
            QDesktopServices.openUrl(QUrl.fromLocalFile(index.data(SourceRole.PATH)))
