"""The legend of the map: each class with its colour, shown or hidden by a check mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from app.domain.records import ClassRecord
from app.item_models.map_captures import CapturesOnMap
from app.views.wording.numbers import count

_LINES: Final = 5
_COLOUR_PX: Final = 10
_CLASS: Final = Qt.ItemDataRole.UserRole
_NO_CLASS: Final = 0


class MapLegend(QWidget):
    """The classes on the map, the largest first."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._hidden: set[int] = set()
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Classes on the map"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._on_changed)
        self.all_button = self._button(self.tr("Check all"), is_shown=True)
        self.none_button = self._button(self.tr("Check none"), is_shown=False)
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        buttons.addWidget(self.all_button)
        buttons.addWidget(self.none_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.list)
        layout.addLayout(buttons)

    @property
    def hidden(self) -> frozenset[int]:
        """The classes that are not shown."""
        return frozenset(self._hidden)

    def set_classes(self, captures: CapturesOnMap, classes: Sequence[ClassRecord]) -> None:
        """Show the classes of these captures; what is hidden stays so."""
        counts = Counter(captures.classes)
        known = {record.id: record for record in classes}
        self._hidden &= set(counts)
        blocker = QSignalBlocker(self.list)
        self.list.clear()
        for class_id, number in counts.most_common():
            record = known.get(class_id)
            name = record.name if record is not None else self.tr("No class")
            item = QListWidgetItem(f"{name} · {count(number)}")
            item.setToolTip(name)
            item.setData(_CLASS, class_id if record is not None else _NO_CLASS)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            is_shown = class_id not in self._hidden
            item.setCheckState(Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked)
            colour = QPixmap(_COLOUR_PX, _COLOUR_PX)
            colour.fill(QColor(record.colour) if record is not None else Qt.GlobalColor.gray)
            item.setIcon(colour)
            self.list.addItem(item)
        del blocker
        height = max(1, self.list.sizeHintForRow(0)) * min(_LINES, max(1, self.list.count()))
        self.list.setFixedHeight(height + 2 * self.list.frameWidth() + 2)

    def _button(self, text: str, *, is_shown: bool) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setProperty("role", "small")
        button.clicked.connect(lambda: self._check_all(is_shown=is_shown))
        return button

    def _check_all(self, *, is_shown: bool) -> None:
        blocker = QSignalBlocker(self.list)
        state = Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked
        for row in range(self.list.count()):
            self.list.item(row).setCheckState(state)
        del blocker
        self._hidden = (
            set() if is_shown else {self.list.item(r).data(_CLASS) for r in range(self.list.count())}
        )
        self.changed.emit()

    def _on_changed(self, item: QListWidgetItem) -> None:
        is_shown = item.checkState() is Qt.CheckState.Checked
        (self._hidden.discard if is_shown else self._hidden.add)(item.data(_CLASS))
        self.changed.emit()
