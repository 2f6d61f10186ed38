"""The live view of one source: its newest frame, regions, predictions and latency."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.domain.stream_records import StreamRecord
from app.item_models import number_text
from app.item_models.stream_list_model import state_text
from app.item_models.worded import worded
from app.services.streams.live_service import LiveAnswer, LiveService, LiveState
from app.services.streams.stream_service import StreamService
from app.views.live.live_cards import LiveCards, short_wording
from app.views.live.live_picture import LivePicture, Mark
from app.views.shared.flow_layout import FlowLayout
from app.views.shared.theme import Theme
from vimd_core.streaming.sources.status import StreamState, StreamStatus

if TYPE_CHECKING:
    from vimd_core.streaming.messages import ShownFrame
    from vimd_core.streaming.sources.regions import Region

_CARDS_PX: Final = 188  # two rows of them
_LIVE_STATES: Final = (StreamState.LIVE, StreamState.STALLED, StreamState.PAUSED)


class LiveView(QWidget):
    """Frames are asked for only while it is seen."""

    review_wanted = Signal(int)  # id of the source

    def __init__(self, streams: StreamService, live: LiveService, theme: Theme, unsure_below: float) -> None:
        super().__init__()
        self._streams = streams
        self._live = live
        self._unsure_below = unsure_below
        self.picture = LivePicture(theme)
        self.cards = LiveCards()
        self.source = QComboBox()
        self.source.setAccessibleName(self.tr("Source"))
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.setProperty("role", "muted")
        self.latency = QLabel()
        self.latency.setProperty("role", "muted")
        self.latency.setToolTip(self.tr("Time from the arrival of a frame to its prediction on the screen"))
        self.pause = QPushButton(self.tr("Pause"))
        self.pause.setCheckable(True)
        self.pause.setToolTip(self.tr("Freeze the picture and stop capturing until you resume"))
        self.snap = QPushButton(self.tr("Capture now"))
        self.snap.setToolTip(self.tr("Capture each region now (F9)"))
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Region name"))
        self.name.setPlaceholderText(self.tr("Region name"))
        self.name.setMaximumWidth(170)
        self.delete = QPushButton(self.tr("Delete region"))
        self.only_unsure = QCheckBox(self.tr("Keep only below"))
        self.only_unsure.setToolTip(
            self.tr("Captures with higher confidence are not saved; the others are added to the review queue")
        )
        self.limit = QSpinBox()
        self.limit.setRange(1, 100)
        self.limit.setSuffix(self.tr(" %"))
        self.limit.setAccessibleName(self.tr("Maximum confidence of kept captures"))
        self.review = QPushButton(self.tr("Review captures"))
        self.review.setToolTip(self.tr("Show captures from this source, least confident first"))
        self._lay_out()
        self._connect()
        self._on_source()

    @property
    def stream_id(self) -> int | None:
        """The source that is shown."""
        value = self.source.currentData()
        return int(value) if isinstance(value, int) else None

    def show_stream(self, stream_id: int) -> None:
        """Show a source."""
        self.source.setCurrentIndex(self.source.findData(stream_id))

    def set_unsure_below(self, unsure_below: float) -> None:
        """Mark answers with less confidence than this fraction."""
        self._unsure_below = unsure_below

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to ask for frames."""
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more."""
        super().hideEvent(event)
        self._live.follow(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for frames as large as they are shown."""
        super().resizeEvent(event)
        self._follow()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.source, 1)
        top.addWidget(self.pause)
        top.addWidget(self.snap)
        region = QHBoxLayout()
        region.addWidget(self.name)
        region.addWidget(self.delete)
        region.addStretch(1)
        region.addWidget(self.latency)
        harvest = QWidget()
        line = QHBoxLayout(harvest)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.only_unsure)
        line.addWidget(self.limit)
        keep = FlowLayout(spacing=6)
        keep.addWidget(harvest)
        keep.addWidget(self.review)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setMinimumHeight(92)
        scroll.setMaximumHeight(_CARDS_PX)
        scroll.setWidget(self.cards)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.state)
        layout.addWidget(self.picture, 1)
        layout.addLayout(region)
        layout.addWidget(scroll)
        layout.addLayout(keep)

    def _connect(self) -> None:
        streams, live, picture = self._streams, self._live, self.picture
        self.source.currentIndexChanged.connect(self._on_source)
        self.pause.toggled.connect(self._on_pause)
        self.snap.clicked.connect(lambda: self._with_current(streams.snap))
        self.delete.clicked.connect(picture.delete_current)
        self.name.editingFinished.connect(self._on_name)
        self.only_unsure.toggled.connect(self._on_harvest)
        self.limit.valueChanged.connect(self._on_harvest)
        self.review.clicked.connect(lambda: self._with_current(self.review_wanted.emit))
        picture.selected.connect(self._on_selected)
        picture.regions_changed.connect(self._on_regions)
        streams.streams_changed.connect(self._on_streams)
        streams.status_changed.connect(self._on_status)
        live.frame_came.connect(self._on_frame)
        live.things_changed.connect(self._on_things)
        live.answered.connect(self._on_answered)

    def _with_current(self, do: Callable[[int], object]) -> None:
        if self.stream_id is not None:
            do(self.stream_id)

    def _follow(self) -> None:
        is_wanted = self.isVisible() and not self.pause.isChecked()
        side = round(max(self.picture.width(), self.picture.height()) * self.devicePixelRatioF())
        self._live.follow(self.stream_id if is_wanted else None, side)

    def _on_streams(self, records: list[StreamRecord]) -> None:
        shown = self.stream_id
        before = [self.source.itemData(i) for i in range(self.source.count())]
        if before != [record.id for record in records]:
            self.source.blockSignals(True)
            self.source.clear()
            for record in records:
                self.source.addItem(record.name, record.id)
            self.source.setCurrentIndex(max(0, self.source.findData(shown)) if records else -1)
            self.source.blockSignals(False)
            if self.stream_id != shown or not records:
                self._on_source()
        for row, record in enumerate(records):
            self.source.setItemText(row, record.name)
        self._show_settings()

    def _on_source(self) -> None:
        self._show_nothing()
        self.picture.set_regions(())
        self.pause.blockSignals(True)
        self.pause.setChecked(self._state is StreamState.PAUSED)
        self.pause.blockSignals(False)
        self._show_settings()
        if self.stream_id is None:
            self.state.clear()
            self.picture.set_nothing_text(
                self.tr("Add a camera, stream, video or folder with File > Add camera or stream.")
            )
        else:
            self._on_status(self.stream_id, self._streams.status(self.stream_id))
        self._follow()

    def _show_settings(self) -> None:
        stream_id = self.stream_id
        for widget in (self.source, self.pause, self.snap, self.only_unsure, self.review):
            widget.setEnabled(stream_id is not None)
        self.limit.setEnabled(stream_id is not None and self.only_unsure.isChecked())
        if stream_id is None:
            return
        settings = self._streams.settings(stream_id)
        self.picture.set_regions(settings.capture.regions)
        harvest: tuple[QWidget, ...] = (self.only_unsure, self.limit)
        for part in harvest:
            part.blockSignals(True)
        self.only_unsure.setChecked(settings.keep_below is not None)
        self.limit.setValue(round(100 * (settings.keep_below or self._unsure_below)))
        self.limit.setEnabled(settings.keep_below is not None)
        for part in harvest:
            part.blockSignals(False)

    def _on_status(self, stream_id: int, status: StreamStatus) -> None:
        if stream_id != self.stream_id:
            return
        text = state_text(status)
        if status.state not in (*_LIVE_STATES, StreamState.ENDED) and status.last_error:
            text = f"{text} – {worded(status.last_error)}"
        elif status.notice:
            text = f"{text} – {worded(status.notice)}"
        if status.state not in _LIVE_STATES or not self.picture.has_frame:
            self.state.setText(text)
        self.picture.set_nothing_text(
            {
                StreamState.STOPPED: self.tr("This source is stopped."),
                StreamState.ENDED: self.tr(
                    "This video has ended. To play it again, use its menu in Sources."
                ),
            }.get(status.state, text)
        )
        if not self._streams.is_running(stream_id) and status.state is not StreamState.ENDED:
            self._show_nothing()

    def _on_frame(self, frame: ShownFrame) -> None:
        self.picture.set_frame(frame)
        if self.stream_id is not None:
            self.state.setText(
                self.tr("{0} · frame {1}, {2} ms old").format(
                    state_text(self._streams.status(self.stream_id)),
                    number_text.count(frame.number),
                    number_text.count(round(frame.age_s * 1000)),
                )
            )

    def _on_things(self, answers: Sequence[LiveAnswer]) -> None:
        self.cards.show_answers(answers, self._unsure_below)
        regions, finds_motion = self.picture.regions, self._finds_motion
        names = {region.name for region in regions}
        turned = {region.name for region in regions if region.angle_deg % 360.0 != 0.0}
        marks: dict[str, Mark] = {}
        things: list[Mark] = []
        for answer in answers:
            said = short_wording(answer)
            colour = "faint"
            if answer.state is LiveState.ANSWERED:
                colour = "corrected" if answer.probability < self._unsure_below else "accepted"
            if not finds_motion and answer.region in names:
                marks[answer.region] = Mark(f"{answer.region}: {said}", colour)
            elif finds_motion:
                things.append(
                    Mark(said, colour, answer.box, answer.region if answer.region in turned else "")
                )
        self.picture.set_marks(marks, things)

    def _on_answered(self, latency_ms: float) -> None:
        self.latency.setText(self.tr("Prediction after {0} ms").format(number_text.count(round(latency_ms))))

    def _show_nothing(self) -> None:
        self.picture.set_frame(None)
        self._on_things([])
        self.latency.clear()

    @property
    def _state(self) -> StreamState:
        stream_id = self.stream_id
        return StreamState.STOPPED if stream_id is None else self._streams.status(stream_id).state

    @property
    def _finds_motion(self) -> bool:
        return (
            self.stream_id is not None and self._streams.settings(self.stream_id).capture.motion is not None
        )

    def _on_selected(self, index: int) -> None:
        regions = self.picture.regions
        for widget in (self.delete, self.name):
            widget.setEnabled(index >= 0)
        if not self.name.hasFocus() or index < 0:
            self.name.setText(regions[index].name if 0 <= index < len(regions) else "")

    def _on_name(self) -> None:
        current = self.picture.current
        if current >= 0 and not self.picture.rename_current(self.name.text().strip()):
            self.name.setText(self.picture.regions[current].name)

    def _on_pause(self, is_on: bool) -> None:
        self._with_current(lambda stream_id: self._streams.pause(stream_id, is_on))
        self._follow()

    def _on_regions(self, regions: tuple[Region, ...]) -> None:
        stream_id = self.stream_id
        if stream_id is not None:
            capture = self._streams.settings(stream_id).capture
            self._streams.configure(stream_id, msgspec.structs.replace(capture, regions=regions))
        self._on_selected(self.picture.current)

    def _on_harvest(self) -> None:
        below = self.limit.value() / 100 if self.only_unsure.isChecked() else None
        self.limit.setEnabled(below is not None)
        self._with_current(lambda stream_id: self._streams.keep_below(stream_id, below))
