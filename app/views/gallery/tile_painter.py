"""Paints captures' tiles into cached pixmaps, so that a frame of the gallery only copies pixels."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QImage, QPainter, QPen, QPixmap

from app.domain.records import CaptureRow, ReviewState
from app.item_models.capture_text import differing_answer, held_for, shown_confidence
from app.views.gallery.tile_badges import (
    BADGE_PX,
    CHANGED,
    DOT_PX,
    INCOMPLETE,
    SPARK_PX,
    STATE_STYLE,
    TileBadges,
    blank_pixmap,
)
from app.views.shared.eliding import in_two_lines, keep_ends
from app.views.shared.theme import Theme
from app.views.wording.numbers import percent, short_problem
from vimd_core.user_messages import Sentence

_PADDING_PX: Final = 5
_CAPTION_PX: Final = 32
_LINE_PX: Final = 13
_RADIUS_PX: Final = 8
_ROOM_FOR_NUMBER_PX: Final = 76
_ROOM_FOR_REASON_PX: Final = 84
_MAX_BYTES: Final = 64 * 2**20
_MAX_CAPTIONS: Final = 5000
# However little time a frame has, it gets on.
_LEAST_TILES_A_FRAME: Final = 4
_Thumbnail = QImage | Sentence | None


# How a tile stands out, as sums: plain numbers, for they are added for every tile of every frame.
PLAIN: Final = 0
SELECTED: Final = 1
CURRENT: Final = 2
HOVERED: Final = 4
FLASHED: Final = 8


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An old answer and a new one.

    Attributes:
        was_right: whether the old one is the label.
        is_right: whether the new one is.
    """

    old: str
    new: str
    was_right: bool
    is_right: bool


class _Tile:
    """A finished tile and what it was drawn from: when any of that is another one, it is out of date."""

    __slots__ = ("look", "pixmap", "row", "thumbnail")

    def __init__(self, pixmap: QPixmap, row: CaptureRow, thumbnail: _Thumbnail, look: int) -> None:
        self.pixmap = pixmap
        self.row = row
        self.thumbnail = thumbnail
        self.look = look


class TilePainter(QObject):
    """A thumbnail, what the capture is held for, how sure that is, and what a human said of it."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = QSize()
        self._is_smooth = False
        self._unsure_below = 0.0
        self._ratio = 1.0
        self._tiles: OrderedDict[int, _Tile] = OrderedDict()
        self._tile_bytes = 0
        self._cards: dict[int, QPixmap] = {}
        self._badges = TileBadges(theme)
        self._captions: dict[tuple[str, int, int], tuple[str, ...]] = {}
        self._changes: Mapping[int, AnswerChange] = {}
        self._deadline = 0.0
        self._drawn = 0
        self._font, self._small_font, self._bold_font = QFont(), QFont(), QFont()
        self._slanted_font = QFont()
        self._set_fonts()
        self.set_thumbnail_size(112)
        theme.changed.connect(self.forget)

    @property
    def size(self) -> QSize:
        """Of a tile."""
        return self._size

    @property
    def is_smooth(self) -> bool:
        """Whether enlarged captures are smoothed instead of shown in their own pixels."""
        return self._is_smooth

    def set_thumbnail_size(self, size_px: int) -> QSize:
        """Change the size of thumbnails.

        Returns:
            The size of a tile.
        """
        side = size_px + 4 * _PADDING_PX
        self._size = QSize(side, side + _CAPTION_PX)
        self.forget()
        return self._size

    def set_smooth(self, is_smooth: bool) -> None:
        """Smooth enlarged captures, or show their own pixels."""
        self._is_smooth = is_smooth
        self.forget()

    def set_unsure_below(self, probability: float) -> None:
        """Mark answers that are less sure than this, in 0 to 1."""
        self._unsure_below = probability
        self.forget()

    def set_changes(self, changes: Mapping[int, AnswerChange]) -> None:
        """Show an old and a new answer under these captures, instead of what they are held for."""
        if changes != self._changes:
            self._changes = changes
            self.forget()

    def forget(self) -> None:
        """Draw everything anew."""
        self._tiles.clear()
        self._tile_bytes = 0
        self._cards.clear()
        self._badges.clear()
        self._captions.clear()

    def begin_frame(self, ratio: float, budget_s: float) -> None:
        """Say for which pixel ratio tiles are drawn next, and for how long new ones may be drawn."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._badges.set_ratio(ratio)
            self.forget()
        self._deadline = perf_counter() + budget_s
        self._drawn = 0

    def pixmap(self, row: CaptureRow | None, thumbnail: _Thumbnail, look: int) -> tuple[QPixmap, bool]:
        """A tile, and whether it is up to date.

        When the frame's time is over, it is what was drawn of this capture before, or an empty card.
        """
        if row is None:
            return self._card(look), True
        known = self._tiles.get(row.id)
        if known is not None and known.row is row and known.thumbnail is thumbnail and known.look == look:
            self._tiles.move_to_end(row.id)
            return known.pixmap, True
        if self._drawn >= _LEAST_TILES_A_FRAME and perf_counter() > self._deadline:
            return (known.pixmap, False) if known is not None else (self._card(look), False)
        self._drawn += 1
        pixmap = self._draw(row, thumbnail, look)
        self._keep(row.id, _Tile(pixmap, row, thumbnail, look))
        return pixmap, True

    def _keep(self, capture_id: int, tile: _Tile) -> None:
        size_bytes = tile.pixmap.width() * tile.pixmap.height() * 4
        if self._tiles.pop(capture_id, None) is None:
            self._tile_bytes += size_bytes
        self._tiles[capture_id] = tile
        while self._tile_bytes > _MAX_BYTES:
            self._tiles.popitem(last=False)
            self._tile_bytes -= size_bytes

    def _card(self, look: int) -> QPixmap:
        card = self._cards.get(look)
        if card is None:
            card = self._cards[look] = self._draw_card(look)
        return card

    def _draw_card(self, look: int) -> QPixmap:
        pixmap = blank_pixmap(self._size, self._ratio)
        pixmap.fill(self._theme.colour("window"))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_selected, is_current = bool(look & SELECTED), bool(look & CURRENT)
        is_flashed = bool(look & FLASHED)
        fill = "accent_soft" if is_selected else "hover" if look & HOVERED else "surface"
        painter.setBrush(self._theme.colour(fill))
        line = "suggested" if is_flashed else "accent" if is_selected or is_current else "border"
        painter.setPen(QPen(self._theme.colour(line), 4 if is_flashed else 2 if is_current else 1))
        painter.drawRoundedRect(
            QRectF(self._card_rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS_PX, _RADIUS_PX
        )
        painter.end()
        return pixmap

    def _card_rect(self) -> QRect:
        area = QRect(0, 0, self._size.width(), self._size.height())
        return area.adjusted(_PADDING_PX, _PADDING_PX, -_PADDING_PX, -_PADDING_PX)

    def _draw(self, row: CaptureRow, thumbnail: _Thumbnail, look: int) -> QPixmap:
        pixmap = QPixmap(self._card(look))
        card = self._card_rect()
        picture = card.adjusted(_PADDING_PX, _PADDING_PX, -_PADDING_PX, -_CAPTION_PX - 1)
        painter = QPainter(pixmap)
        if isinstance(thumbnail, QImage):
            self._draw_picture(painter, picture, thumbnail)
        elif thumbnail is not None:
            self._draw_problem(painter, picture, short_problem(thumbnail, row.path))
        caption = QRect(card.left() + 8, picture.bottom() + 2, card.width() - 16, _CAPTION_PX - 2)
        change = self._changes.get(row.id)
        if change is None:
            self._draw_caption(painter, caption, row)
        else:
            self._draw_change(painter, caption, change)
        badge = CHANGED if row.changed else row.state.name if row.state in STATE_STYLE else None
        if badge is not None:
            painter.drawPixmap(
                QPointF(picture.right() - BADGE_PX + 4, picture.top() - 3), self._badges.state(badge)
            )
        if row.notice is not None and row.problem is None:
            place = QPointF(picture.left() - 2, picture.bottom() - BADGE_PX + 2)
            painter.drawPixmap(place, self._badges.state(INCOMPLETE))
        is_prediction_shown = not (row.is_suggestion_shown and row.suggestion is not None)
        if row.sr_changed and row.problem is None and is_prediction_shown:
            painter.drawPixmap(QPointF(picture.left() - 2, picture.top() - 3), self._badges.sr_changed())
        painter.end()
        return pixmap

    def _draw_picture(self, painter: QPainter, area: QRect, thumbnail: QImage) -> None:
        scale = min(area.width() / thumbnail.width(), area.height() / thumbnail.height())
        size = QSize(max(1, round(thumbnail.width() * scale)), max(1, round(thumbnail.height() * scale)))
        target = QRect(area.topLeft(), size)
        target.moveCenter(area.center())
        # Captures keep their pixels unless asked otherwise; what is larger than the tile is smoothed always.
        is_smooth = self._is_smooth or scale * self._ratio < 1
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=is_smooth)
        painter.drawImage(target, thumbnail)

    def _draw_problem(self, painter: QPainter, area: QRect, reason: str) -> None:
        has_room = area.width() >= _ROOM_FOR_REASON_PX
        icon = QRect(area.left(), area.top() + 4, area.width(), 22) if has_room else area
        self._theme.icon("warning", "problem").paint(painter, icon)
        if has_room:
            painter.setPen(self._theme.colour("problem"))
            painter.setFont(self._small_font)
            painter.drawText(
                area.adjusted(2, 28, -2, 0),
                Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap,
                reason,
            )

    def _draw_caption(self, painter: QPainter, area: QRect, row: CaptureRow) -> None:
        text, colour = self._caption(row)
        left, number_width = area.left(), 0
        has_room = area.width() >= _ROOM_FOR_NUMBER_PX
        confidence, differing = shown_confidence(row), differing_answer(row)
        second = QRect(area.left(), area.top() + 1 + _LINE_PX, area.width(), _LINE_PX + 2)
        if confidence is not None and has_room:
            number = percent(confidence)
            number_width = QFontMetrics(self._small_font).horizontalAdvance(number) + 5
            painter.setFont(self._small_font)
            painter.setPen(self._theme.colour("unsure" if confidence < self._unsure_below else "faint"))
            painter.drawText(second, Qt.AlignmentFlag.AlignRight, number)
        elif differing is not None and has_room:
            number_width = area.width()  # the second line is the model's
            painter.setFont(self._small_font)
            painter.setPen(self._theme.colour("faint"))
            measure = QFontMetrics(self._small_font).horizontalAdvance
            if measure(differing) > area.width():  # the class tells more than how sure the model is of it
                start = QCoreApplication.translate("QueryPart", "Model: {0}").format("")
                differing = start + keep_ends(row.predicted or "", area.width() - measure(start), measure)
            painter.drawText(second, Qt.AlignmentFlag.AlignLeft, differing)
        is_human = row.state is not ReviewState.UNREVIEWED
        said = None if is_human else held_for(row)
        is_suggestion = said is not None and said.is_suggestion
        dot = row.label_colour if is_human else None if said is None else said.colour
        if dot is not None and is_suggestion:  # told apart also where there is no room for more
            painter.drawPixmap(QPointF(left - 1, area.top() + 1), self._badges.spark(dot))
            left += SPARK_PX + 3
        elif dot is not None and has_room:
            painter.drawPixmap(QPointF(left, area.top() + 4), self._badges.dot(dot, is_human=is_human))
            left += DOT_PX + 5
        width = area.right() + 1 - left
        lines = self._lines(text, width, max(0, width - number_width))  # the first words tell most
        font = self._bold_font if is_human else self._slanted_font if is_suggestion else self._small_font
        painter.setFont(font)
        painter.setPen(self._theme.colour(colour))
        for number_of_line, line in enumerate(lines):
            baseline = area.top() + 11 + number_of_line * _LINE_PX
            painter.drawText(left, baseline, line)

    def _draw_change(self, painter: QPainter, area: QRect, change: AnswerChange) -> None:
        """The old answer above the new one, each in the colour of being right or wrong."""
        painter.setFont(self._bold_font)
        measure = QFontMetrics(self._bold_font).horizontalAdvance
        for line, (sign, name, is_right) in enumerate(
            (("", change.old, change.was_right), ("→ ", change.new, change.is_right))
        ):
            painter.setPen(self._theme.colour("accepted" if is_right else "problem"))
            text = sign + keep_ends(name, area.width() - measure(sign), measure)
            painter.drawText(area.left(), area.top() + 11 + line * _LINE_PX, text)

    def _caption(self, row: CaptureRow) -> tuple[str, str]:
        if row.state is ReviewState.UNSURE:
            return self.tr("Unsure"), "unsure"
        if row.state is ReviewState.REJECTED:
            return self.tr("Rejected"), "rejected"
        if row.label is not None:
            return row.label, "text"
        said = held_for(row)
        if said is not None:
            return said.name, "suggested" if said.is_suggestion else "muted"
        return row.path.name, "faint"

    def _lines(self, text: str, first_width: int, second_width: int) -> tuple[str, ...]:
        """Class names come again and again: each is broken once."""
        key = (text, first_width, second_width)
        lines = self._captions.get(key)
        if lines is None:
            if len(self._captions) > _MAX_CAPTIONS:
                self._captions.clear()
            measure = QFontMetrics(self._bold_font).horizontalAdvance
            lines = self._captions[key] = in_two_lines(text, first_width, second_width, measure)
        return lines

    def _set_fonts(self) -> None:
        base = QGuiApplication.font()
        self._font, self._small_font, self._bold_font = QFont(base), QFont(base), QFont(base)
        self._font.setPixelSize(12)
        self._small_font.setPixelSize(11)
        self._slanted_font = QFont(self._small_font)
        self._slanted_font.setItalic(True)
        self._bold_font.setPixelSize(12)
        self._bold_font.setWeight(QFont.Weight.DemiBold)
