"""The gallery's tool bar: count, sort order, grouping, and how tiles are drawn."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QToolButton, QWidget

from app.domain.capture_query import GroupField, SortField
from app.domain.records import GroupCounts
from app.item_models.capture_list_model import CaptureListModel
from app.views.shared.flow_layout import FlowLayout
from app.views.wording import numbers


class GalleryBar(QFrame):
    """Menus for order and groups; both are part of the query, so that saved filters bring them back."""

    smooth_toggled = Signal(bool)
    grown = Signal()  # it may need another height

    def __init__(self, captures: CaptureListModel, selection: QItemSelectionModel) -> None:
        super().__init__()
        self._captures = captures
        self._things = 0
        self._selection = selection
        self.setObjectName("galleryBar")
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.sort_button = self._make_button(self.tr("Sort captures"))
        self.direction_button = self._make_button(self.tr("Reverse order"))
        self.group_button = self._make_button(self.tr("Group captures"))
        self.smooth_button = self._make_button(self.tr("Smooth enlarged captures"))
        self._sort_names = {
            SortField.ADDED: self.tr("Added"),
            SortField.NAME: self.tr("Name"),
            SortField.CONFIDENCE: self.tr("Confidence"),
            SortField.DISAGREEMENT: self.tr("SR disagreement"),
            SortField.SIZE: self.tr("Size"),
            SortField.LABEL: self.tr("Label"),
            SortField.PREDICTED: self.tr("Prediction"),
            SortField.NOVELTY: self.tr("None of these"),
        }
        self._group_names = {
            GroupField.NONE: self.tr("No groups"),
            GroupField.CLASS: self.tr("By class"),
            GroupField.SOURCE: self.tr("By source"),
        }
        self.sort_actions = {field: QAction(name, self) for field, name in self._sort_names.items()}
        self.group_actions = {field: QAction(name, self) for field, name in self._group_names.items()}
        self._fill_menus()
        self._lay_out()
        captures.query_changed.connect(self._show_query)
        captures.modelReset.connect(self._show_count)
        captures.rowsInserted.connect(self._show_count)
        selection.selectionChanged.connect(self._show_count)
        self._show_query()
        self._show_count()

    def sizeHint(self) -> QSize:
        """A low line, or more of them where it is narrow."""
        return QSize(200, self._line.heightForWidth(max(200, self.width())))

    def sort_by(self, field: SortField) -> None:
        """List the same captures in another order."""
        self._captures.set_query(replace(self._captures.query, sort=field))

    def turn_round(self) -> None:
        """List the same captures the other way round."""
        query = self._captures.query
        self._captures.set_query(replace(query, descending=not query.descending))

    def group_by(self, field: GroupField) -> None:
        """List the same captures under headings, or without."""
        self._captures.set_query(replace(self._captures.query, group=field))

    def add_widget(self, widget: QWidget) -> None:
        """Put another control at the end."""
        self._line.addWidget(widget)
        self.grown.emit()

    def _make_button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "chip")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    def _fill_menus(self) -> None:
        for button, actions in (
            (self.sort_button, list(self.sort_actions.values())),
            (self.group_button, list(self.group_actions.values())),
        ):
            menu, group = QMenu(button), QActionGroup(button)
            for action in actions:
                action.setCheckable(True)
                group.addAction(action)
            menu.addActions(actions)
            button.setMenu(menu)
            button.setProperty("hasMenu", True)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for sort, action in self.sort_actions.items():
            action.triggered.connect(lambda _checked=False, chosen=sort: self.sort_by(chosen))
        for group_by, action in self.group_actions.items():
            action.triggered.connect(lambda _checked=False, chosen=group_by: self.group_by(chosen))
        self.direction_button.clicked.connect(self.turn_round)
        self.smooth_button.setText(self.tr("Smooth"))
        self.smooth_button.setCheckable(True)
        self.smooth_button.toggled.connect(self.smooth_toggled)

    def _lay_out(self) -> None:
        layout = self._line = FlowLayout(self, spacing=2, stretches_first=True)
        layout.setContentsMargins(16, 2, 14, 2)
        layout.addWidget(self.count)
        for button in (self.sort_button, self.direction_button, self.group_button, self.smooth_button):
            layout.addWidget(button)

    def set_things(self, counts: GroupCounts) -> None:
        """Say also of how many things all captures are; those of one thing are never split."""
        self._things = counts.things
        self._show_count()

    def _show_query(self) -> None:
        query = self._captures.query
        self.sort_button.setText(
            self.tr("Sort: {0}").format(self._sort_names.get(query.sort, self.tr("As found")))
        )
        self.direction_button.setText("↓" if query.descending else "↑")
        self.group_button.setText(self._group_names[query.group])
        for sort, action in self.sort_actions.items():
            action.setChecked(sort is query.sort)
        for group, action in self.group_actions.items():
            action.setChecked(group is query.group)

    def _show_count(self) -> None:
        count = self._captures.rowCount()
        selection = self._selection.selection()
        parts = (selection.at(i) for i in range(selection.size()))
        selected = sum(part.bottom() - part.top() + 1 for part in parts)
        text = self.tr("%Ln capture(s)", "", count)
        if selected > 1:
            text = self.tr("{0} of {1} selected").format(numbers.count(selected), numbers.count(count))
        elif 0 < self._things < count and self._captures.query.is_everything:
            text = self.tr("{0} of about {1} things").format(text, numbers.count(self._things))
        self.count.setText(text)
        self.grown.emit()
