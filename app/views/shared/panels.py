"""Panels of a room (dock widgets): title, place and key; the window docks them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class Panel:
    """One panel.

    Attributes:
        name: under which its place is remembered.
        title: for people.
        widget: what it holds.
        area: where it is at first.
        keys: that show and hide it.
        is_shown: whether it is there at first.
        on_top_of: the panel that it shares its place with, as a tab.
        height: at first, beside its neighbours.
        fits: whether it is at least as high as what it holds at first.
        is_first: whether it is the one on top where several share a place.
    """

    name: str
    title: str
    widget: QWidget
    area: Qt.DockWidgetArea
    keys: str = ""
    is_shown: bool = True
    on_top_of: str = ""
    height: int = 240
    is_first: bool = False
    fits: bool = False


LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea


def late_panel(name: str, title: str, widget: QWidget, keys: str) -> Panel:
    """One that shares the inspector's place and comes when it is asked for."""
    return Panel(name, title, widget, RIGHT, keys=keys, is_shown=False, on_top_of="inspector")
