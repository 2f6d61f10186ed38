"""Draws the program's icon in all sizes and formats that desktops want.

Usage: python installer/icons.py FOLDER
"""

from __future__ import annotations

import os
import sys
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES_PX: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_WINDOWS_SIZES_PX: Final = (16, 24, 32, 48, 64, 128, 256)
SOURCE: Final = Path(__file__).resolve().parent.parent / "resources" / "icons" / "app.svg"


def main() -> int:
    """Entry point; returns the exit code."""
    folder = Path(sys.argv[1])
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([])
    for size_px in SIZES_PX:
        place = folder / "hicolor" / f"{size_px}x{size_px}" / "apps"
        place.mkdir(parents=True, exist_ok=True)
        draw(size_px).save(place / "vimd-studio.png", optimize=True)
    scalable = folder / "hicolor" / "scalable" / "apps"
    scalable.mkdir(parents=True, exist_ok=True)
    (scalable / "vimd-studio.svg").write_bytes(SOURCE.read_bytes())
    images = [draw(size_px) for size_px in _WINDOWS_SIZES_PX]
    images[-1].save(
        folder / "vimd-studio.ico",
        sizes=[(size_px, size_px) for size_px in _WINDOWS_SIZES_PX],
        append_images=images[:-1],
    )
    draw(1024).save(folder / "vimd-studio.icns")
    application.quit()
    return 0


def draw(size_px: int) -> Image.Image:
    """The icon as a square of so many pixels."""
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(SOURCE.read_bytes())).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return Image.open(BytesIO(content.data()))


if __name__ == "__main__":
    sys.exit(main())
