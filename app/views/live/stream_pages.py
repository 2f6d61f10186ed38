"""The pages of the dialog about a source: how it is read, what becomes a capture, and what of that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec.structs import replace
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.views.shared.forms import add_field

if TYPE_CHECKING:
    from vimd_core.streaming.sources.retention import Retention
    from vimd_core.streaming.sources.settings import CaptureSettings

MOTION, INTERVAL, CHANGE, DEMAND = range(4)
_ALL: Final = -1
_MB: Final = 1_000_000
_TRIGGERS: Final[dict[int, Literal["change", "demand"]]] = {CHANGE: "change", DEMAND: "demand"}


class CapturePage(QWidget):
    """What becomes a capture."""

    def __init__(self) -> None:
        super().__init__()
        self.trigger = QComboBox()
        for value, text in (
            (MOTION, self.tr("Each moving object, once")),
            (INTERVAL, self.tr("The whole frame, at intervals")),
            (CHANGE, self.tr("The whole frame, when it changes")),
            (DEMAND, self.tr("Manual capture only")),
        ):
            self.trigger.addItem(text, value)
        self.interval = _seconds(self.tr(" s"), 0.1, 3600.0, 1.0)
        self.change = QSpinBox()
        self.change.setRange(1, 100)
        self.change.setSuffix(self.tr(" %"))
        self.min_size = QSpinBox()
        self.min_size.setRange(2, 2000)
        self.min_size.setSuffix(self.tr(" px"))
        self.cool_down = _seconds(self.tr(" s"), 0.0, 3600.0, 2.0)
        self.cool_down.setToolTip(self.tr("Ignore new motion after an object leaves for"))
        self.agreeing, self.looks = QSpinBox(), QSpinBox()
        self.agreeing.setAccessibleName(self.tr("Predictions that must agree"))
        self.looks.setAccessibleName(self.tr("Predictions per object"))
        for box in (self.agreeing, self.looks):
            box.setRange(1, 32)
        self.duplicates = QSpinBox()
        self.duplicates.setRange(_ALL, 64)
        self.duplicates.setSpecialValueText(self.tr("Keep all"))
        self.duplicates.setToolTip(
            self.tr("Captures whose 64-bit fingerprints differ in at most this many bits count as duplicates")
        )
        self.tile = QSpinBox()
        self.tile.setRange(0, 4096)
        self.tile.setSuffix(self.tr(" px"))
        self.tile.setSpecialValueText(self.tr("no tiles"))
        self._regions: CaptureSettings | None = None
        agreement = QHBoxLayout()
        agreement.addWidget(self.agreeing)
        agreement.addWidget(QLabel(self.tr("of")))
        agreement.addWidget(self.looks)
        agreement.addStretch(1)
        self._agreement = agreement
        form = self._form = QFormLayout(self)
        form.setContentsMargins(4, 12, 4, 4)
        add_field(form, self.tr("Capture"), self.trigger)
        add_field(form, self.tr("Interval"), self.interval)
        add_field(form, self.tr("Change threshold"), self.change)
        add_field(form, self.tr("Minimum size"), self.min_size)
        add_field(form, self.tr("Cool-down"), self.cool_down)
        add_field(form, self.tr("Predictions that must agree"), agreement)
        add_field(form, self.tr("Duplicate distance"), self.duplicates)
        add_field(form, self.tr("Split into tiles of"), self.tile)
        hint = QLabel(self.tr("Draw regions on the live picture: View > Panels > Live."))
        hint.setProperty("role", "muted")
        hint.setWordWrap(True)
        form.addRow(hint)
        self.trigger.currentIndexChanged.connect(lambda _index: self._enable())
        self.looks.valueChanged.connect(self.agreeing.setMaximum)

    def set_value(self, settings: CaptureSettings) -> None:
        """Show settings; the regions of them are kept as they are."""
        from vimd_core.streaming.sources.settings import MotionSettings

        self._regions = settings
        motion = settings.motion or MotionSettings()
        chosen = {"interval": INTERVAL, "change": CHANGE, "demand": DEMAND}[settings.trigger]
        self.trigger.setCurrentIndex(MOTION if settings.motion is not None else chosen)
        self.interval.setValue(settings.interval_s)
        self.change.setValue(round(100 * settings.change))
        self.min_size.setValue(motion.min_size_px)
        self.cool_down.setValue(motion.cool_down_s)
        self.looks.setValue(settings.track_frames)
        self.agreeing.setMaximum(settings.track_frames)
        self.agreeing.setValue(settings.agreeing_frames)
        distance = settings.duplicate_distance
        self.duplicates.setValue(_ALL if distance is None else distance)
        self.tile.setValue(settings.tile_px)
        self._enable()

    def value(self) -> CaptureSettings:
        """The settings as they are shown.

        Raises:
            SourceError: they do not fit each other.
        """
        from vimd_core.streaming.sources.settings import CaptureSettings, MotionSettings

        before = self._regions or CaptureSettings()
        chosen, distance = self.trigger.currentData(), self.duplicates.value()
        motion = replace(
            before.motion or MotionSettings(),
            min_size_px=self.min_size.value(),
            cool_down_s=self.cool_down.value(),
        )
        return replace(
            before,
            motion=motion if chosen == MOTION else None,
            trigger=_TRIGGERS.get(chosen, "interval"),
            interval_s=self.interval.value(),
            change=self.change.value() / 100,
            track_frames=self.looks.value(),
            agreeing_frames=min(self.agreeing.value(), self.looks.value()),
            duplicate_distance=None if distance == _ALL else distance,
            tile_px=self.tile.value(),
        )

    def _enable(self) -> None:
        """Show what matters for what was chosen."""
        chosen = self.trigger.currentData()
        form = self._form
        form.setRowVisible(self.interval, chosen in (INTERVAL, CHANGE))
        form.setRowVisible(self.change, chosen == CHANGE)
        for row in (self.min_size, self.cool_down, self._agreement):
            form.setRowVisible(row, chosen == MOTION)
        form.setRowVisible(self.duplicates, chosen != DEMAND)
        form.setRowVisible(self.tile, chosen != MOTION)


class KeepPage(QWidget):
    """What of that is kept, and for how long."""

    def __init__(self) -> None:
        super().__init__()
        self.only_unsure = QCheckBox(self.tr("Keep only captures with confidence below"))
        self.below = QSpinBox()
        self.below.setRange(1, 100)
        self.below.setValue(50)
        self.below.setSuffix(self.tr(" %"))
        self.below.setAccessibleName(self.tr("Maximum confidence of kept captures"))
        self.most = _limit("", 10_000_000)
        self.days = _limit(self.tr(" days"), 36_500)
        self.megabytes = _limit(self.tr(" MB"), 10_000_000)
        for box in (self.most, self.days, self.megabytes):
            box.setSpecialValueText(self.tr("No limit"))
        line = QHBoxLayout()
        line.addWidget(self.only_unsure)
        line.addWidget(self.below)
        line.addStretch(1)
        form = QFormLayout()
        add_field(form, self.tr("Maximum unlabelled captures"), self.most)
        add_field(form, self.tr("Maximum age"), self.days)
        add_field(form, self.tr("Maximum disk space"), self.megabytes)
        note = QLabel(
            self.tr(
                "Above a limit, the oldest captures are permanently deleted. Labelled and marked "
                "captures do not count and are never deleted, and neither are files in a watched "
                "folder."
            )
        )
        note.setWordWrap(True)
        note.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 12, 4, 4)
        layout.addLayout(line)
        layout.addSpacing(6)
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addStretch(1)
        self.only_unsure.toggled.connect(self.below.setEnabled)
        self.below.setEnabled(False)

    def set_value(self, keep_below: float | None, retention: Retention) -> None:
        """Show settings."""
        self.only_unsure.setChecked(keep_below is not None)
        if keep_below is not None:
            self.below.setValue(round(100 * keep_below))
        self.most.setValue(retention.most or 0)
        self.days.setValue(round(retention.days or 0))
        self.megabytes.setValue(round((retention.most_bytes or 0) / _MB))

    @property
    def keep_below(self) -> float | None:
        """The confidence below which is kept; None for all."""
        return self.below.value() / 100 if self.only_unsure.isChecked() else None

    @property
    def retention(self) -> Retention:
        """The limits."""
        from vimd_core.streaming.sources.retention import Retention

        megabytes = self.megabytes.value()
        return Retention(
            most=self.most.value() or None,
            days=self.days.value() or None,
            most_bytes=megabytes * _MB if megabytes else None,
        )


def _seconds(suffix: str, least: float, most: float, value: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(least, most)
    box.setValue(value)
    box.setSuffix(suffix)
    return box


def _limit(suffix: str, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, most)
    box.setSuffix(suffix)
    box.setGroupSeparatorShown(True)
    return box
