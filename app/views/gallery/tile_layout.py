"""Layout of tiles: where those of one size and the headings of their groups lie, for any number. No widget here.

Every position is computed: a million tiles need no more memory than ten.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from app.item_models.gallery_heading import Heading

MARGIN_PX: Final = 10
HEADING_PX: Final = 34


class TileLayout:
    """A grid of rows from 0, in sections when there are headings."""

    def __init__(self, count: int, width_px: int, tile: tuple[int, int], headings: Sequence[Heading]) -> None:
        """Lay out.

        Args:
            count: number of tiles.
            width_px: room for them.
            tile: width and height of one.
            headings: one for each section, in order and without gaps; none for one section without heading.
        """
        self.count = count
        self.tile_width, self.tile_height = tile
        self.columns = columns_in(width_px, self.tile_width)
        # Under headings, which begin at the left, tiles do so, too; otherwise they stand in the middle.
        spare = max(0, width_px - self.columns * self.tile_width)
        self.left = min(spare, MARGIN_PX + 4) if headings else spare // 2
        self.headings = tuple(headings)
        self._firsts = [heading.first for heading in headings] or [0]
        counts = [heading.count for heading in headings] or [count]
        self._heading_px = HEADING_PX if headings else 0
        self._tops: list[int] = []
        top = MARGIN_PX
        for section_count in counts:
            self._tops.append(top)
            top += self._heading_px + -(-section_count // self.columns) * self.tile_height
        self._ends = [*self._firsts[1:], count]
        self.height = top + MARGIN_PX

    def position(self, row: int) -> tuple[int, int]:
        """Left and top of a tile, in pixels of the whole grid."""
        section = self._section_of_row(row)
        line, column = divmod(row - self._firsts[section], self.columns)
        x = self.left + column * self.tile_width
        return x, self._tops[section] + self._heading_px + line * self.tile_height

    def room_above(self, row: int) -> int:
        """What should be seen above a tile: the heading of its group, when the tile is in the first line of it."""
        section = self._section_of_row(row)
        is_first_line = row - self._firsts[section] < self.columns
        return self._heading_px if is_first_line and self._heading_px else MARGIN_PX

    def row_at(self, x: int, y: int) -> int | None:
        """The tile at a point, or None."""
        section = self._section_at(y)
        inner = y - self._tops[section] - self._heading_px
        column = (x - self.left) // self.tile_width
        if inner < 0 or not 0 <= column < self.columns:
            return None
        row = self._firsts[section] + inner // self.tile_height * self.columns + column
        return row if row < self._ends[section] else None

    def heading_at(self, y: int) -> int | None:
        """The number of the heading at a height, or None."""
        section = self._section_at(y)
        inner = y - self._tops[section]
        return section if self.headings and 0 <= inner < self._heading_px else None

    def headings_between(self, top: int, bottom: int) -> Iterator[tuple[int, Heading]]:
        """Top and content of each heading that shows between two heights."""
        if not self.headings:
            return
        for section in range(self._section_at(top), len(self.headings)):
            y = self._tops[section]
            if y > bottom:
                return
            if y + self._heading_px >= top:
                yield y, self.headings[section]

    def lines_between(self, top: int, bottom: int) -> Iterator[tuple[int, int, int]]:
        """First row, row after the last, and top of each line of tiles that shows between two heights."""
        for section in range(self._section_at(top), len(self._firsts)):
            first, end = self._firsts[section], self._ends[section]
            y = self._tops[section] + self._heading_px
            if y > bottom:
                return
            skipped = max(0, (top - y) // self.tile_height)
            row, y = first + skipped * self.columns, y + skipped * self.tile_height
            while row < end and y <= bottom:
                yield row, min(end, row + self.columns), y
                row, y = row + self.columns, y + self.tile_height

    def rows_between(self, top: int, bottom: int) -> range:
        """All tiles that show between two heights; they follow each other."""
        lines = list(self.lines_between(top, bottom))
        return range(lines[0][0], lines[-1][1]) if lines else range(0)

    def columns_between(self, left: int, right: int) -> range:
        """The columns that show between two x."""
        first = max(0, (left - self.left) // self.tile_width)
        return range(first, min(self.columns, (right - self.left) // self.tile_width + 1))

    def above(self, row: int) -> int:
        """The tile above; in the first line the tile itself."""
        section = self._section_of_row(row)
        column = (row - self._firsts[section]) % self.columns
        if row - self.columns >= self._firsts[section]:
            return row - self.columns
        return row if section == 0 else self._in_last_line(section - 1, column)

    def below(self, row: int) -> int:
        """The tile below, or the last one of a shorter line; in the last line the tile itself."""
        section = self._section_of_row(row)
        first, end = self._firsts[section], self._ends[section]
        line, column = divmod(row - first, self.columns)
        if line < (end - 1 - first) // self.columns:
            return min(row + self.columns, end - 1)
        if section + 1 == len(self._firsts):
            return row
        return min(self._firsts[section + 1] + column, self._ends[section + 1] - 1)

    def _in_last_line(self, section: int, column: int) -> int:
        first, last = self._firsts[section], self._ends[section] - 1
        line_start = first + (last - first) // self.columns * self.columns
        return min(line_start + column, last)

    def _section_of_row(self, row: int) -> int:
        return max(0, bisect_right(self._firsts, row) - 1)

    def _section_at(self, y: int) -> int:
        return max(0, bisect_right(self._tops, y) - 1)


def columns_in(width_px: int, tile_width_px: int) -> int:
    """Tiles side by side in a width."""
    return max(1, (width_px - 2 * MARGIN_PX) // tile_width_px)
