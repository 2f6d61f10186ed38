"""A heat map as a picture to lay over a capture."""

from __future__ import annotations

from PySide6.QtGui import QImage, qRgba

from app.services.classifier.insight_service import Explanation

_MAX_ALPHA = 170


def heat_image(explanation: Explanation) -> QImage:
    """Clear where nothing matters, over red to yellow where the answer hangs on the place."""
    width, height = explanation.width_px, explanation.height_px
    levels = bytes(min(255, max(0, round(255 * value))) for value in explanation.heat)
    image = QImage(levels, width, height, width, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(
        [qRgba(255, round(220 * (i / 255) ** 2), 30, round(_MAX_ALPHA * (i / 255))) for i in range(256)]
    )
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
