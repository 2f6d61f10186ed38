"""The lens and the pixel grid of the inspector."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.views.inspector.compare_view import CompareMode

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    running: Studio = start(make_captures(tmp_path / "in", numbered(30)))
    wait_until_classified(qtbot, running, 30)
    return running


def painted(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_the_lens_follows_the_mouse(qtbot: QtBot, studio: Studio) -> None:
    compare = studio.window.inspector.panel.compare
    wait_for(qtbot, lambda: compare.super_resolved.image is not None, "there is an SR view")
    qtbot.mouseClick(compare.mode_buttons[CompareMode.LENS], Qt.MouseButton.LeftButton)
    wipe = compare.wipe
    wait_for(qtbot, wipe.isVisible, "the lens is there")
    white, black = (QImage(8, 8, QImage.Format.Format_RGB32) for _ in range(2))
    white.fill(QColor("white"))
    black.fill(QColor("black"))
    wipe.set_image(black)
    wipe.set_above(white)
    target = compare.view.target()
    one, other = target.center() - QPointF(40, 0), target.center() + QPointF(40, 0)
    for here, there in ((one, other), (other, one)):
        qtbot.mouseMove(wipe, QPoint(0, 0))
        qtbot.mouseMove(wipe, here.toPoint())
        wait_for(
            qtbot,
            lambda here=here: painted(wipe).pixelColor(here.toPoint()).lightness() > 200,
            "super-resolved under the lens",
        )
        assert painted(wipe).pixelColor(there.toPoint()).lightness() < 60


def test_pixels_have_borders_once_they_are_large(qtbot: QtBot, studio: Studio) -> None:
    compare = studio.window.inspector.panel.compare
    wait_for(qtbot, lambda: compare.nearest.image is not None, "it is shown")
    flat = QImage(24, 24, QImage.Format.Format_RGB32)
    flat.fill(QColor("white"))
    compare.nearest.set_image(flat)

    def colours() -> int:
        image, middle = painted(compare.nearest), compare.nearest.height() // 2
        return len({image.pixel(x, middle) for x in range(20, image.width() - 20)})

    assert colours() <= 2
    compare.view.zoom_by(20 / compare.view.zoom, QPointF(compare.nearest.rect().center()))
    assert compare.view.zoom == pytest.approx(20)
    image = painted(compare.nearest)
    middle = compare.nearest.height() // 2
    dark = [x for x in range(5, image.width() - 5) if image.pixelColor(x, middle).lightness() < 250]
    steps = {b - a for a, b in pairwise(dark)}
    assert dark and steps <= {20}, "a line every pixel of the capture"
