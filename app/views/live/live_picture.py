"""The last frame of a source with its regions (region editor): drawn, dragged, resized and rotated on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.live.region_shape import (
    Grip,
    drawn_between,
    grip_at,
    handles,
    moved,
    outline_within,
    sized,
    turned,
)
from app.views.shared.theme import Theme

if TYPE_CHECKING:
    from vimd_core.streaming.messages import ShownFrame
    from vimd_core.streaming.sources.regions import Region

_STEPS: Final = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
_FAST: Final = 10.0


@dataclass(frozen=True)
class Mark:
    """What is written at a place of the frame.

    Attributes:
        text: what.
        colour: of the theme.
        box: left, top, width and height in the frame; None at the region of that name.
        turned: name of the region in whose own upright px the box lies, where that is rotated.
    """

    text: str
    colour: str
    box: tuple[int, int, int, int] | None = None
    turned: str = ""


class LivePicture(QWidget):
    """Works in the frame's own px; a region is upright until its knob is turned."""

    regions_changed = Signal(object)  # tuple of Region, when a drag has ended
    selected = Signal(int)  # index of the region, or -1

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._image = QImage()
        self._frame_size = (0, 0)
        self._regions: tuple[Region, ...] = ()
        self._marks: Mapping[str, Mark] = {}
        self._things: Sequence[Mark] = ()
        self._nothing = ""
        self._current = -1
        self._pressed: QPointF | None = None
        self._grip, self._corner = Grip.NOTHING, 0
        self._before: tuple[Region, ...] = ()
        self.setMinimumSize(200, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Live picture"))
        self.setToolTip(
            self.tr(
                "Drag to draw a region. Drag the region to move it, its corners to resize it, and its "
                "handle to rotate it. You can also move it with the arrow keys and remove it with "
                "Delete."
            )
        )
        theme.changed.connect(self.update)

    @property
    def regions(self) -> tuple[Region, ...]:
        """The regions as they are drawn now."""
        return self._regions

    @property
    def current(self) -> int:
        """Index of the chosen region, or -1."""
        return self._current

    @property
    def has_frame(self) -> bool:
        """Whether there is something to draw on."""
        return not self._image.isNull()

    @property
    def marks(self) -> Mapping[str, Mark]:
        """What is written at regions."""
        return self._marks

    def set_frame(self, frame: ShownFrame | None) -> None:
        """Show another frame."""
        if frame is None:
            self._image, self._frame_size = QImage(), (0, 0)
        else:
            height, width = frame.image.shape[:2]
            # A copy, because the image only refers to the bytes.
            self._image = QImage(
                frame.image.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888
            ).copy()
            self._frame_size = (frame.frame_width_px, frame.frame_height_px)
        self.update()

    def set_nothing_text(self, text: str) -> None:
        """Say why there is no frame."""
        self._nothing = text
        self.update()

    def set_regions(self, regions: Sequence[Region]) -> None:
        """Show other regions; ignored while one is dragged."""
        if self._pressed is None:
            self._regions = tuple(regions)
            self._select(min(self._current, len(self._regions) - 1))

    def set_marks(self, by_region: Mapping[str, Mark], things: Sequence[Mark] = ()) -> None:
        """Write something at regions, by their names, and at things that move."""
        self._marks, self._things = dict(by_region), tuple(things)
        self.update()

    def rename_current(self, name: str) -> bool:
        """Call the chosen region otherwise; False when another one is called so."""
        from msgspec.structs import replace

        if not name or any(r.name == name for i, r in enumerate(self._regions) if i != self._current):
            return False
        if 0 <= self._current < len(self._regions) and self._regions[self._current].name != name:
            self._change(replace(self._regions[self._current], name=name))
            self.regions_changed.emit(self._regions)
        return True

    def delete_current(self) -> None:
        """Take the chosen region away."""
        if 0 <= self._current < len(self._regions):
            self._regions = tuple(r for i, r in enumerate(self._regions) if i != self._current)
            self._select(-1)
            self.regions_changed.emit(self._regions)

    def to_widget(self, x_px: float, y_px: float) -> QPointF:
        """Where a place of the frame is drawn."""
        return self._transform().map(QPointF(x_px, y_px))

    def sizeHint(self) -> QSize:
        """Room for a small frame."""
        return QSize(480, 360)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the frame and the regions."""
        # Ended in any case: a painter that outlives this call crashes Qt.
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), self._theme.colour("canvas"))
        if self._image.isNull():
            painter.setPen(self._theme.colour("muted"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 16, -16, -16), int(flags), self._nothing)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        transform = self._transform()
        painter.drawImage(transform.mapRect(QRectF(0, 0, *self._frame_size)), self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for thing in self._things:
            outline = self._outline(thing)
            if outline is not None:
                drawn = transform.map(outline)
                self._draw_outline(painter, drawn, thing.colour, 1.5)
                self._draw_text(painter, drawn.boundingRect(), thing.text, thing.colour)
        for index, region in enumerate(self._placed()):
            self._draw_region(painter, transform, region, is_current=index == self._current)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to draw, move, size or turn."""
        if event.button() != Qt.MouseButton.LeftButton or not self.has_frame:
            return
        self._before = self._regions
        self._regions = tuple(self._placed())
        self._pressed = self._to_frame(event.position())
        self._grip, self._corner, index = self._hit(event.position())
        self._select(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with it."""
        if self._pressed is None:
            self._show_cursor(event.position())
            return
        place = self._to_frame(event.position())
        if self._grip is Grip.NOTHING:
            self._draw_new(self._pressed, place)
            return
        before = self._before[self._current].on(*self._frame_size)
        if self._grip is Grip.MOVE:
            self._change(moved(before, place - self._pressed))
        elif self._grip is Grip.SIZE:
            self._change(sized(before, self._corner, place))
        else:
            self._change(turned(before, place))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it, and say so when something was changed."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        self._pressed = None
        if self._regions != tuple(region.on(*self._frame_size) for region in self._before):
            self.regions_changed.emit(self._regions)
        else:
            self._regions = self._before

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the chosen region, Delete takes it away, Escape ends a drag as if it had not been."""
        step = _STEPS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self._pressed is not None:
            self._pressed, self._regions = None, self._before
            self._select(min(self._current, len(self._regions) - 1))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_current()
        elif step is not None and self.has_frame and 0 <= self._current < len(self._regions):
            fast = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._regions = tuple(self._placed())
            self._change(moved(self._regions[self._current], step * (_FAST if fast else 1.0)))
            self.regions_changed.emit(self._regions)
        else:
            super().keyPressEvent(event)

    def _draw_new(self, first: QPointF, second: QPointF) -> None:
        before = tuple(region.on(*self._frame_size) for region in self._before)
        names = {region.name for region in before}
        number = next(n for n in range(1, len(names) + 2) if self.tr("Region {0}").format(n) not in names)
        region = drawn_between(self.tr("Region {0}").format(number), first, second, self._frame_size)
        self._regions = before if region is None else (*before, region)
        self._select(-1 if region is None else len(before))

    def _change(self, region: Region) -> None:
        self._regions = tuple(region if i == self._current else r for i, r in enumerate(self._regions))
        self.update()

    def _hit(self, position: QPointF) -> tuple[Grip, int, int]:
        transform, placed = self._transform(), self._placed()
        # The chosen one first: its handles may lie on another.
        for index in sorted(range(len(placed)), key=lambda i: (i != self._current, -i)):
            grip, corner = grip_at(placed[index], position, transform, is_current=index == self._current)
            if grip is not Grip.NOTHING:
                return grip, corner, index
        return Grip.NOTHING, 0, -1

    def _show_cursor(self, position: QPointF) -> None:
        grip = self._hit(position)[0] if self.has_frame else None
        self.setCursor(
            {
                None: Qt.CursorShape.ArrowCursor,
                Grip.NOTHING: Qt.CursorShape.CrossCursor,
                Grip.MOVE: Qt.CursorShape.SizeAllCursor,
                Grip.SIZE: Qt.CursorShape.PointingHandCursor,
                Grip.TURN: Qt.CursorShape.PointingHandCursor,
            }[grip]
        )

    def _draw_region(
        self, painter: QPainter, transform: QTransform, region: Region, *, is_current: bool
    ) -> None:
        mark = self._marks.get(region.name, Mark(region.name, "accent"))
        gripped = handles(region, transform)
        self._draw_outline(painter, QPolygonF(gripped.corners), mark.colour, 3.0 if is_current else 1.8)
        if is_current:
            painter.setPen(QPen(self._theme.colour("surface"), 1.5))
            painter.setBrush(self._theme.colour(mark.colour))
            painter.drawLine(gripped.stem, gripped.knob)
            for corner in gripped.corners:
                painter.drawRect(QRectF(corner.x() - 4, corner.y() - 4, 8, 8))
            painter.drawEllipse(gripped.knob, 5.5, 5.5)
        self._draw_text(painter, QPolygonF(gripped.corners).boundingRect(), mark.text, mark.colour)

    def _outline(self, thing: Mark) -> QPolygonF | None:
        """Where a thing is in the frame."""
        if thing.box is None or not thing.turned:
            return None if thing.box is None else QPolygonF(QRectF(*thing.box))
        region = next((region for region in self._placed() if region.name == thing.turned), None)
        return None if region is None else QPolygonF(outline_within(region, thing.box))

    def _draw_outline(self, painter: QPainter, outline: QPolygonF, colour: str, width: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # Two lines, so that one of them stands out from whatever the frame shows.
        painter.setPen(QPen(QColor(255, 255, 255, 190), width + 2.0))
        painter.drawPolygon(outline)
        painter.setPen(QPen(self._theme.colour(colour), width))
        painter.drawPolygon(outline)

    def _draw_text(self, painter: QPainter, box: QRectF, text: str, colour: str) -> None:
        if not text:
            return
        metrics = painter.fontMetrics()
        room = self.width() - 12
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        plate = QRect(0, 0, metrics.horizontalAdvance(text) + 10, metrics.height() + 4)
        # Below, because the knob is above.
        plate.moveTopLeft(QPointF(box.left(), box.bottom() + 5).toPoint())
        plate.moveLeft(min(max(plate.left(), 0), self.width() - plate.width()))
        plate.moveTop(min(plate.top(), self.height() - plate.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(colour))
        painter.drawRoundedRect(plate, 3, 3)
        painter.setPen(self._theme.colour("accent_text"))
        painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), text)

    def _placed(self) -> list[Region]:
        """The regions on a frame of this size."""
        width, height = self._frame_size
        return [region.on(width, height) for region in self._regions] if width else list(self._regions)

    def _select(self, index: int) -> None:
        self._current = index
        self.selected.emit(index)
        self.update()

    def _transform(self) -> QTransform:
        width, height = self._frame_size
        if not width or not height:
            return QTransform()
        scale = min(self.width() / width, self.height() / height)
        left, top = (self.width() - scale * width) / 2, (self.height() - scale * height) / 2
        return QTransform(scale, 0, 0, scale, left, top)

    def _to_frame(self, position: QPointF) -> QPointF:
        inverted, _ = self._transform().inverted()
        return inverted.map(position)
