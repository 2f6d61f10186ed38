"""Thumbnail size of the gallery: the slider, the tiles and the settings at one size."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from app.views.gallery.gallery_view import GalleryView
from app.views.gallery.tile_delegate import TileDelegate
from app.views.shared.theme import Theme

SIZES_PX: Final = (48, 64, 88, 112, 144, 192, 256)
_KEY: Final = "view/thumbnail"
_DEFAULT: Final = 3


class ThumbnailSize(QWidget):
    """The slider between a small and a large icon; starts with the size of last time."""

    def __init__(
        self, gallery: GalleryView, delegate: TileDelegate, theme: Theme, settings: QSettings
    ) -> None:
        super().__init__()
        self._gallery = gallery
        self._delegate = delegate
        self._theme = theme
        self._settings = settings
        self._small, self._large = QLabel(), QLabel()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, len(SIZES_PX) - 1)
        self.slider.setPageStep(1)
        self.slider.setFixedWidth(72)
        self.slider.setAccessibleName(self.tr("Thumbnail size"))
        self.slider.setToolTip(self.tr("Thumbnail size"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self._small, self.slider, self._large):
            layout.addWidget(widget)
        last = settings.value(_KEY, _DEFAULT, int)
        self.slider.setValue(last if isinstance(last, int) else _DEFAULT)
        self.slider.valueChanged.connect(self._apply)
        gallery.zoom_wanted.connect(self.step)
        theme.changed.connect(self._show_icons)
        self._show_icons()
        self._apply(self.slider.value())

    def step(self, by: int) -> None:
        """Make them larger or smaller by so many steps."""
        self.slider.setValue(self.slider.value() + by)

    def _apply(self, position: int) -> None:
        self._gallery.set_tile_size(self._delegate.set_thumbnail_size(SIZES_PX[position]))
        self._settings.setValue(_KEY, position)

    def _show_icons(self) -> None:
        self._small.setPixmap(self._theme.icon("small_tiles", "faint").pixmap(16, 16))
        self._large.setPixmap(self._theme.icon("large_tiles", "faint").pixmap(16, 16))
