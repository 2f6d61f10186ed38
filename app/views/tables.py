"""What all tables look like."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidget


def align_headers(table: QTableWidget, first_number: int) -> None:
    """Put each title where its column's cells begin: words at the left, numbers at the right.

    Args:
        table: whose titles are set.
        first_number: the first of the columns with numbers, which stand last.
    """
    for column in range(table.columnCount()):
        item = table.horizontalHeaderItem(column)
        side = Qt.AlignmentFlag.AlignRight if column >= first_number else Qt.AlignmentFlag.AlignLeft
        if item is not None:
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
