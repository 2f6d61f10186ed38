"""Dock widgets around the gallery: they dock, float, hide, and stay as the user left them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QByteArray, QObject, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDockWidget, QFrame, QMainWindow, QScrollArea, QTabBar, QTabWidget, QWidget

from app.views.shared.actions import Actions
from app.views.shared.panels import Panel

_SETTING: Final = "window/panels"
_VERSION: Final = 1  # raised when a layout of before would not make sense any more
_SIDE: Final = 230
_INSPECTOR: Final = 400
_LEAST: Final = QSize(140, 72)
_LOW_WINDOW: Final = 600  # pixels; three panels have no room below each other


class _Scrolling(QScrollArea):
    """What a dock holds: it can be made smaller than its panel, which then scrolls."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(panel)
        self._panel = panel

    def sizeHint(self) -> QSize:
        """The panel's own."""
        return self._panel.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Room for a few words."""
        return self._panel.minimumSizeHint().expandedTo(self._panel.minimumSize()).boundedTo(_LEAST)


class Docks(QObject):
    """Makes the panels of a window and their menu."""

    def __init__(self, window: QMainWindow, settings: QSettings, actions: Actions) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._actions = actions
        self._panels: list[Panel] = []
        self.docks: dict[str, QDockWidget] = {}
        self._has_first_sizes = True
        self._is_set_aside = False
        self._state: QByteArray | None = None
        self._in_sight: set[str] = set()  # names of panels that are open and behind no other tab
        window.setDockNestingEnabled(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)

    def add(self, panels: Iterable[Panel]) -> None:
        """Add panels, in the order in which they stand."""
        for panel in panels:
            dock = QDockWidget(panel.title, self._window)
            dock.setObjectName(panel.name)
            dock.setWidget(_Scrolling(panel.widget))
            dock.setAccessibleName(panel.title)
            # Qt makes the tabs of panels that share a place when it lays them out.
            dock.visibilityChanged.connect(
                lambda is_seen, name=panel.name: QTimer.singleShot(
                    0, self, lambda: self._note_sight(name, is_seen)
                )
            )
            action = dock.toggleViewAction()
            action.triggered.connect(lambda _checked, shown=dock: self._bring_to_front(shown))
            if panel.keys:
                action.setShortcut(QKeySequence(panel.keys))
            self._actions.add_panel(action, panel.name)
            self._window.addAction(action)
            self._panels.append(panel)
            self.docks[panel.name] = dock
        self.reset()

    def reset(self) -> None:
        """Put every panel where it is at first."""
        for panel in self._panels:
            dock = self.docks[panel.name]
            dock.setFloating(False)
            self._window.addDockWidget(panel.area, dock)
            if panel.on_top_of:
                self._window.tabifyDockWidget(self.docks[panel.on_top_of], dock)
            dock.setVisible(panel.is_shown)
        if self._window.height() < _LOW_WINDOW:
            self._share_one_place(Qt.DockWidgetArea.LeftDockWidgetArea)
        for panel in self._panels:
            if panel.is_first:
                self.docks[panel.name].raise_()
        self._resize_soon()

    def show_panel(self, name: str, width: int = 0) -> None:
        """Bring a panel up, at least so wide as far as the window has room for it."""
        dock = self.docks[name]
        dock.show()
        dock.raise_()
        wanted = min(width, self._window.width() // 2)
        if not dock.isFloating() and dock.width() < wanted:
            self._window.resizeDocks([dock], [wanted], Qt.Orientation.Horizontal)

    def make_room(self, name: str) -> None:
        """Make a panel as high as what it holds, where it is lower and the window has the room."""
        dock = self.docks[name]
        wanted = _whole_height(dock)
        if dock.isVisible() and not dock.isFloating() and dock.height() < wanted:
            self._window.resizeDocks([dock], [wanted], Qt.Orientation.Vertical)

    def restore(self) -> None:
        """Put the panels where the user left them."""
        state = self._settings.value(_SETTING)
        if isinstance(state, QByteArray) and self._window.restoreState(state, _VERSION):
            self._has_first_sizes = False

    def save(self) -> None:
        """Remember where the panels are."""
        state = self._state if self._is_set_aside else self._window.saveState(_VERSION)
        self._settings.setValue(_SETTING, state)

    def set_aside(self) -> None:
        """Hide all panels while there is nothing that they could show."""
        if not self._is_set_aside:
            self._state = self._window.saveState(_VERSION)
            self._is_set_aside = True
            for dock in self.docks.values():
                dock.hide()

    def bring_back(self) -> None:
        """Show those panels again that were there before `set_aside`."""
        if self._is_set_aside and self._state is not None:
            self._is_set_aside = False
            self._window.restoreState(self._state, _VERSION)
            if self._has_first_sizes:
                self._resize_soon()

    def _share_one_place(self, area: Qt.DockWidgetArea) -> None:
        """Show the panels of one side as tabs: below each other none would be high enough to be used."""
        side = [self.docks[panel.name] for panel in self._panels if panel.area is area and panel.is_shown]
        for above, below in pairwise(side):
            self._window.tabifyDockWidget(above, below)

    def _bring_to_front(self, dock: QDockWidget) -> None:
        """What was opened is seen; what was behind another tab comes to the front instead of being closed."""
        was_behind = dock.isHidden() and dock.objectName() not in self._in_sight
        if was_behind:
            dock.show()
        if not dock.isHidden():
            dock.raise_()
            self._in_sight.add(dock.objectName())

    def _note_sight(self, name: str, is_seen: bool) -> None:
        """After the events of a change, so that what toggles a panel still knows how it was."""
        (self._in_sight.add if is_seen else self._in_sight.discard)(name)
        self._name_tabs()

    def _name_tabs(self) -> None:
        for tabs in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            tabs.setAccessibleName(self.tr("Panels"))
            # Qt keeps those with one tab outside of the window, where the Tab key shall not lead.
            is_seen = tabs.count() > 1
            tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_seen else Qt.FocusPolicy.NoFocus)

    def _resize_soon(self) -> None:
        """Give the panels their first sizes, once they are laid out: a window that was never shown takes none."""
        self._has_first_sizes = True
        QTimer.singleShot(0, self, self._resize)

    def _resize(self) -> None:
        room = self._window.width()
        for area, width in (
            (Qt.DockWidgetArea.LeftDockWidgetArea, min(_SIDE, room * 24 // 100)),
            (Qt.DockWidgetArea.RightDockWidgetArea, min(_INSPECTOR, room * 36 // 100)),
        ):
            side = [panel for panel in self._panels if panel.area is area and not panel.on_top_of]
            docks = [self.docks[panel.name] for panel in side]
            self._window.resizeDocks(docks, [width] * len(docks), Qt.Orientation.Horizontal)
            heights = [
                max(panel.height, _whole_height(dock) if panel.fits else 0)
                for panel, dock in zip(side, docks, strict=True)
            ]
            self._window.resizeDocks(docks, heights, Qt.Orientation.Vertical)


def _whole_height(dock: QDockWidget) -> int:
    """Of a dock that shows all of its panel; its own hint is one that is no longer true."""
    inner = dock.widget()
    return inner.sizeHint().height() + dock.height() - inner.height()
