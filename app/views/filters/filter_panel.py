"""The filter panel: a field for each condition that captures must meet to be listed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.domain.capture_query import CaptureQuery
from app.item_models.capture_list_model import CaptureListModel
from app.item_models.class_list_model import ClassListModel
from app.views.filters.class_box import ClassBox
from app.views.filters.saved_filters import SavedFilters
from app.views.shared.forms import add_field

Number = TypeVar("Number", QSpinBox, QDoubleSpinBox)

_SETTLE_MS: Final = 250
_MIN_WIDTH_PX: Final = 216
_MAX_SIZE_PX: Final = 4096


class FilterPanel(QScrollArea):
    """Each field is part of the gallery's query, and follows it."""

    def __init__(self, captures: CaptureListModel, classes: ClassListModel, saved: SavedFilters) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Filters"))
        self._captures = captures
        self._classes = classes
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Name or folder contains…"))
        self.search.setAccessibleName(self.tr("Name or folder contains"))
        self.search.setClearButtonEnabled(True)
        self.predicted = ClassBox(self.tr("Prediction"))
        self.suggested = ClassBox(self.tr("Suggestion"))
        self.label = ClassBox(self.tr("Label"))
        self.suggested.setToolTip(
            self.tr("Suggestions are learned from your labels and updated after each label.")
        )
        self.min_confidence = self._make_share(self.tr("Minimum confidence"), 0)
        self.max_confidence = self._make_share(self.tr("Maximum confidence"), 100)
        self.min_size = self._make_size(self.tr("Minimum size"))
        self.max_size = self._make_size(self.tr("Maximum size"))
        self.disagreement = self._make_share(self.tr("Minimum SR disagreement"), 0)
        self.sr_changed = QCheckBox(self.tr("SR changed prediction"))
        self.sr_changed.setToolTip(
            self.tr("Super-resolution and bicubic enlargement lead to different predictions.")
        )
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._apply)
        self._lay_out(saved)
        self.search.textChanged.connect(self._timer.start)
        self.search.returnPressed.connect(self._apply)
        for box in self._class_boxes:
            box.activated.connect(self._apply)
        for field in self._numbers:
            field.valueChanged.connect(self._timer.start)
        self.sr_changed.clicked.connect(self._apply)
        captures.query_changed.connect(self._follow)
        classes.modelReset.connect(self._fill_class_boxes)
        self._fill_class_boxes()

    @property
    def _numbers(self) -> tuple[QSpinBox | QDoubleSpinBox, ...]:
        return (self.min_confidence, self.max_confidence, self.min_size, self.max_size, self.disagreement)

    @property
    def _class_boxes(self) -> tuple[ClassBox, ...]:
        return (self.predicted, self.suggested, self.label)

    def start_search(self) -> None:
        """Let the user type a part of a name."""
        self.search.setFocus()
        self.search.selectAll()

    def discard_typing(self) -> None:
        """Forget what was typed and is not applied yet."""
        self._timer.stop()

    def _make_share(self, name: str, value: int) -> QDoubleSpinBox:
        field = QDoubleSpinBox()
        field.setRange(0, 100)
        field.setDecimals(0)
        field.setSingleStep(5)
        field.setSuffix(" %")
        field.setValue(value)
        return _compact(field, name)

    def _make_size(self, name: str) -> QSpinBox:
        field = QSpinBox()
        field.setRange(0, _MAX_SIZE_PX)
        field.setSuffix(" px")
        field.setSpecialValueText(self.tr("any"))
        return _compact(field, name)

    def _lay_out(self, saved: SavedFilters) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(6)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        add_field(form, self.tr("Model"), self.predicted)
        add_field(form, self.tr("Suggestion"), self.suggested)
        add_field(form, self.tr("Label"), self.label)
        add_field(form, self.tr("Confidence"), _range(self.min_confidence, self.max_confidence))
        add_field(form, self.tr("Size"), _range(self.min_size, self.max_size))
        add_field(form, self.tr("Min. SR gap"), self.disagreement)
        content = QWidget()
        content.setObjectName("panelBody")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addLayout(form)
        layout.addWidget(self.sr_changed)
        layout.addWidget(saved)
        layout.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setMinimumWidth(_MIN_WIDTH_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _apply(self) -> None:
        self._timer.stop()
        low, high = self.min_confidence.value() / 100, self.max_confidence.value() / 100
        query = replace(
            self._captures.query,
            text=self.search.text().strip(),
            predicted_class_ids=self.predicted.chosen(self._captures.query.predicted_class_ids),
            suggested_class_ids=self.suggested.chosen(self._captures.query.suggested_class_ids),
            label_class_ids=self.label.chosen(self._captures.query.label_class_ids),
            min_confidence=low or None,
            max_confidence=high if high < 1 else None,
            min_size_px=self.min_size.value() or None,
            max_size_px=self.max_size.value() or None,
            min_disagreement=self.disagreement.value() / 100 or None,
            sr_changed=True if self.sr_changed.isChecked() else None,
        )
        if query != self._captures.query:
            self._captures.set_query(query)
        else:
            self._show_classes(query)

    def _follow(self) -> None:
        query = self._captures.query
        if self._timer.isActive():
            return  # what is being typed goes on top of it
        fields = (*self._numbers, *self._class_boxes, self.sr_changed)
        blockers = [QSignalBlocker(field) for field in fields]
        if self.search.text().strip() != query.text:
            self.search.setText(query.text)  # its signals are what shows and hides its clear button
            self._timer.stop()
        self.min_confidence.setValue(100 * (query.min_confidence or 0.0))
        self.max_confidence.setValue(100 * (1.0 if query.max_confidence is None else query.max_confidence))
        self.min_size.setValue(query.min_size_px or 0)
        self.max_size.setValue(query.max_size_px or 0)
        self.disagreement.setValue(100 * (query.min_disagreement or 0.0))
        self.sr_changed.setChecked(query.sr_changed is True)
        self._show_classes(query)
        del blockers

    def _show_classes(self, query: CaptureQuery) -> None:
        self.predicted.show_chosen(query.predicted_class_ids)
        self.suggested.show_chosen(query.suggested_class_ids)
        self.label.show_chosen(query.label_class_ids)

    def _fill_class_boxes(self) -> None:
        for box in self._class_boxes:
            box.set_classes(self._classes.records)
        self._show_classes(self._captures.query)


def _compact(field: Number, name: str) -> Number:
    field.setAccessibleName(name)
    field.setToolTip(name)
    field.setMinimumWidth(44)
    # Arrow keys and wheel change it; in a narrow panel the buttons would hide the number.
    field.setProperty("role", "compact")
    return field


def _range(low: QWidget, high: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(4)
    line.addWidget(low, 1)
    line.addWidget(QLabel("–"))
    line.addWidget(high, 1)
    return line
