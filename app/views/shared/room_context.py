"""Dependencies that every room of the window is built from: services, lists, actions, settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from app.item_models.capture_list_model import CaptureListModel
from app.item_models.class_list_model import ClassListModel
from app.item_models.source_list_model import SourceListModel
from app.services.container import Places, Services
from app.services.program.preferences import Preferences
from app.services.program.recent_projects import RecentProjects
from app.views.shared.actions import Actions
from app.views.shared.message_bar import MessageBar
from app.views.shared.theme import Theme


@dataclass(frozen=True)
class RoomContext:
    """Made by the window, given to each room.

    Attributes:
        window: the parent of dialogs and of what has no place in a layout.
        captures: the list that the gallery shows; its query is what all filters change.
        classes: of the project.
        sources: where its captures come from.
        actions: all menu entries; each room connects its own.
    """

    window: QMainWindow
    services: Services
    captures: CaptureListModel
    classes: ClassListModel
    sources: SourceListModel
    theme: Theme
    settings: QSettings
    preferences: Preferences
    recent: RecentProjects
    places: Places
    actions: Actions
    message_bar: MessageBar


def on(action: QAction, slot: Callable[[], object]) -> None:
    """Connect a menu entry with what it does; whether it is checked does not matter."""
    action.triggered.connect(lambda _checked=False: slot())
