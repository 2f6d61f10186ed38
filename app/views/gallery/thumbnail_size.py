"""How large the gallery's thumbnails are."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QSlider

from app.views.filters.header import THUMBNAIL_SIZES_PX
from app.views.gallery.gallery_view import GalleryView
from app.views.gallery.tile_delegate import TileDelegate

_KEY = "view/thumbnail"
_DEFAULT = 3


class ThumbnailSize(QObject):
    """Keeps the slider, the tiles and the settings at one size; starts with the one of last time."""

    def __init__(
        self,
        slider: QSlider,
        gallery: GalleryView,
        delegate: TileDelegate,
        settings: QSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._slider = slider
        self._gallery = gallery
        self._delegate = delegate
        self._settings = settings
        last = settings.value(_KEY, _DEFAULT, int)
        slider.setValue(last if isinstance(last, int) else _DEFAULT)
        slider.valueChanged.connect(self._apply)
        gallery.zoom_wanted.connect(self.step)
        self._apply(slider.value())

    def step(self, by: int) -> None:
        """Make them larger or smaller by so many steps."""
        self._slider.setValue(self._slider.value() + by)

    def _apply(self, position: int) -> None:
        self._gallery.set_tile_size(self._delegate.set_thumbnail_size(THUMBNAIL_SIZES_PX[position]))
        self._settings.setValue(_KEY, position)
