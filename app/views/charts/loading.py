"""Loads pyqtgraph when the first chart is shown: it takes a third of a second, which the start does not pay."""

from __future__ import annotations

import gc
import importlib
import sys
import threading
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

_MODULES: Final = ("numpy", "pyqtgraph")


class ChartLibrary(QObject):
    """Imports pyqtgraph in a thread, so that the window answers meanwhile, and says when it is there."""

    loaded = Signal()

    def __init__(self, on_loaded: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_asked = False
        self.loaded.connect(on_loaded, Qt.ConnectionType.AutoConnection)

    def load(self) -> None:
        """Emit `loaded`, now or as soon as the library is there; once."""
        if self._is_asked:
            return
        self._is_asked = True
        # Importing makes many objects. Where Python may look for garbage in any thread, it must not do that in one
        # where Qt's objects can't be destroyed.
        if "pyqtgraph" in sys.modules or gc.isenabled():
            self._import()
        else:
            threading.Thread(target=self._import, name="vimd-charts").start()

    def _import(self) -> None:
        for name in _MODULES:
            importlib.import_module(name)
        import pyqtgraph

        # Each move counts for what is drawn around captures; colours and menus are ours.
        pyqtgraph.setConfigOptions(mouseRateLimit=-1, useOpenGL=False)
        try:
            self.loaded.emit()
        except RuntimeError:  # the chart is gone by now
            return
