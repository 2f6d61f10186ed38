"""Colours, style sheet and icons, light and dark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

import resources
from app.services.program.preferences import ThemeMode

_RESOURCES: Final = Path(resources.__file__).parent
_ICON_SIZES_PX: Final = (16, 20, 24, 32, 48, 64)


class Theme(QObject):
    """The colours in use; widgets that paint themselves ask for them by name."""

    changed = Signal()

    def __init__(self, application: QApplication, mode: ThemeMode, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._mode = mode
        self._colours: dict[str, QColor] = {}
        self._icons: dict[tuple[str, str], QIcon] = {}
        self._sheet = (_RESOURCES / "styles" / "studio.qss").read_text(encoding="utf-8")
        application.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._apply()

    @property
    def mode(self) -> ThemeMode:
        """What the user has chosen."""
        return self._mode

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in use."""
        if self._mode is ThemeMode.SYSTEM:
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._mode is ThemeMode.DARK

    def set_mode(self, mode: ThemeMode) -> None:
        """Change the colours of the whole application."""
        self._mode = mode
        self._apply()

    def colour(self, name: str) -> QColor:
        """A colour of the style files."""
        return self._colours[name]

    def icon(self, name: str, colour: str = "muted") -> QIcon:
        """An icon of ours in a colour of the theme."""
        key = (name, self._colours[colour].name())
        if key not in self._icons:
            self._icons[key] = _draw_icon(_RESOURCES / "icons" / f"{name}.svg", key[1])
        return self._icons[key]

    def _on_system_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._mode is ThemeMode.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        file = _RESOURCES / "styles" / ("dark.json" if self.is_dark else "light.json")
        values: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        self._colours = {name: QColor(value) for name, value in values.items()}
        self._application.setPalette(self._palette())
        sheet = self._sheet.replace("@icons", (_RESOURCES / "icons").as_posix())
        ticks = ("tick_ink", "tick_white") if self.is_dark else ("tick_white", "tick_ink")
        for name, file_name in zip(("@tick_on_accent", "@tick_in_menu"), ticks, strict=True):
            sheet = sheet.replace(name, f"url({(_RESOURCES / 'icons' / file_name).as_posix()}.svg)")
        for name in sorted(values, key=len, reverse=True):  # "accent_text" before "accent"
            sheet = sheet.replace(f"@{name}", values[name])
        self._application.setStyleSheet(sheet)
        self.changed.emit()

    def _palette(self) -> QPalette:
        role = QPalette.ColorRole
        palette = QPalette(self.colour("window"))
        for target, name in {
            role.Window: "window",
            role.WindowText: "text",
            role.Base: "surface",
            role.AlternateBase: "window",
            role.Text: "text",
            role.Button: "raised",
            role.ButtonText: "text",
            role.ToolTipBase: "raised",
            role.ToolTipText: "text",
            role.PlaceholderText: "faint",
            role.Highlight: "accent",
            role.HighlightedText: "accent_text",
            role.Link: "accent",
            role.Mid: "border_strong",
        }.items():
            palette.setColor(target, self.colour(name))
        for target in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, target, self.colour("disabled"))
        return palette


def application_icon() -> QIcon:
    """The program's own icon."""
    return _draw_icon(_RESOURCES / "icons" / "app.svg", "#000000", (16, 24, 32, 48, 64, 128, 256))


def _draw_icon(file: Path, colour: str, sizes_px: tuple[int, ...] = _ICON_SIZES_PX) -> QIcon:
    source = file.read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    icon = QIcon()
    for size_px in sizes_px:
        pixmap = QPixmap(QSize(size_px, size_px))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size_px, size_px))
        painter.end()
        icon.addPixmap(pixmap)
    return icon
