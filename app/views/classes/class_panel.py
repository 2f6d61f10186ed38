"""The classes with their colours and counts: a click lists the captures of one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Signal,
)
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app.domain.name_search import NameSearch
from app.domain.records import ClassRecord
from app.item_models.capture_list_model import CaptureListModel
from app.item_models.class_list_model import ClassListModel, ClassRole
from app.views.shared.counted_list import CountedList
from app.views.shared.theme import Theme


class ClassPanel(QWidget):
    """What is chosen here is part of the gallery's query, and follows it.

    A capture belongs to the class that it is shown with: its label, or else the model's answer.
    """

    chosen_changed = Signal()
    rename_wanted = Signal()

    def __init__(
        self, classes: ClassListModel, captures: CaptureListModel, theme: Theme, add_class: QAction
    ) -> None:
        super().__init__()
        self._classes = classes
        self._captures = captures
        self._is_following = False
        self._best: list[int] = []
        self._found = _Found(self)
        self._found.setSourceModel(classes)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Find class…"))
        self.search.setAccessibleName(self.tr("Find class"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._choose_best)
        self.add_button = QToolButton()
        self.add_button.setText("+")
        self.add_button.setAccessibleName(self.tr("Add class"))
        self.add_button.setToolTip(self.tr("Add class"))
        self.add_button.clicked.connect(add_class.trigger)
        self.list = CountedList(theme, ClassRole.COUNT, ClassRole.KEY, sign_role=ClassRole.SIGN)
        self.list.setAccessibleName(self.tr("Classes"))
        self.list.setModel(self._found)
        line = QHBoxLayout()
        line.setContentsMargins(8, 6, 8, 2)
        line.addWidget(self.search, 1)
        line.addWidget(self.add_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.list, 1)
        self.list.selectionModel().selectionChanged.connect(self._on_selection)
        self.list.doubleClicked.connect(lambda _index: self.rename_wanted.emit())
        captures.query_changed.connect(self._follow)
        classes.modelReset.connect(self._on_classes)

    @property
    def chosen(self) -> list[ClassRecord]:
        """The classes that are chosen, in their order."""
        rows = sorted(index.row() for index in self.list.selectionModel().selectedRows())
        return [self._found.index(row, 0).data(ClassRole.RECORD) for row in rows]

    def choose(self, class_id: int) -> None:
        """Choose one class."""
        self.search.clear()
        row = self._classes.row_of(class_id)
        if row is not None:
            index = self._found.mapFromSource(self._classes.index(row))
            self.list.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def _on_search(self, text: str) -> None:
        self._is_following = True  # a chosen class that the search hides stays chosen
        self._best = NameSearch([record.name for record in self._classes.records]).find(text)
        self._found.set_rows(frozenset(self._best) if text.strip() else None)
        self._follow()

    def _on_classes(self) -> None:
        self._on_search(self.search.text())

    def _choose_best(self) -> None:
        """Enter lists the captures of the class that fits best."""
        if self.search.text().strip() and self._best:
            self.choose(self._classes.records[self._best[0]].id)

    def _on_selection(self) -> None:
        if not self._is_following:
            chosen = frozenset(record.id for record in self.chosen)
            self._captures.set_query(replace(self._captures.query, class_ids=chosen or None))
        self.chosen_changed.emit()

    def _follow(self) -> None:
        """Choose what the query says, whoever set it."""
        wanted = self._captures.query.class_ids or frozenset()
        chosen = QItemSelection()
        for row, record in enumerate(self._classes.records):
            if (
                record.id in wanted
                and (index := self._found.mapFromSource(self._classes.index(row))).isValid()
            ):
                chosen.select(index, index)
        self._is_following = True
        self.list.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._is_following = False
        self.chosen_changed.emit()


class _Found(QSortFilterProxyModel):
    """The classes that fit what is searched for, in their own order."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: frozenset[int] | None = None

    def set_rows(self, rows: frozenset[int] | None) -> None:
        """Show these rows, or all."""
        self._rows = rows
        self.invalidate()

    def filterAcceptsRow(self, row: int, _parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Whether a class is shown."""
        return self._rows is None or row in self._rows
