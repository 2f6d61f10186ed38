"""The whole window without a mouse."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar, QWidget
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, wait_for, wait_until_classified


def tab_order(first: QWidget) -> list[QWidget]:
    """What the Tab key leads to, from one widget until it comes again."""
    first.setFocus()
    order: list[QWidget] = []
    widget: QWidget | None = first
    while widget is not None and widget not in order and len(order) < 200:
        order.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
    return order


def test_tab_leads_through_the_window_in_reading_order_and_never_out_of_sight(
    qtbot: QtBot, start, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    studio = start(make_captures(tmp_path / "many", numbered(5)))
    wait_until_classified(qtbot, studio, 5)
    window = studio.window
    order = tab_order(window.gallery.view)
    parts = [
        window.gallery.view,
        window.projects.source_panel,
        window.classes.panel,
        window.filters.panel,
        window.inspector.panel,
        window.filters.quick,
    ]
    places = [next(i for i, widget in enumerate(order) if is_in(widget, part)) for part in parts]
    assert places == sorted(places)
    for widget in order:
        place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        assert window.rect().intersects(place), f"{widget} is out of sight"
        assert widget.accessibleName() or getattr(widget, "text", str)(), f"{widget} has no name"

    window.docks.show_panel("map")
    wait_for(
        qtbot, lambda: any(isinstance(w, QTabBar) for w in tab_order(window.gallery.view)), "tabs are led to"
    )


def is_in(widget: QWidget, part: QWidget) -> bool:
    return widget is part or part.isAncestorOf(widget)
