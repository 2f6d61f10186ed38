"""The mouse as events that reach a view in any case: the offscreen platform has one pointer for all tests."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

_NONE = Qt.MouseButton.NoButton
_NO_KEYS = Qt.KeyboardModifier.NoModifier


def point_at(view: QAbstractScrollArea, place: QPoint) -> None:
    _send(view, QEvent.Type.MouseMove, place, _NONE, _NONE, _NO_KEYS)


def drag(view: QAbstractScrollArea, points: list[QPoint], keys: Qt.KeyboardModifier = _NO_KEYS) -> None:
    left = Qt.MouseButton.LeftButton
    _send(view, QEvent.Type.MouseButtonPress, points[0], left, left, keys)
    for point in points[1:]:
        _send(view, QEvent.Type.MouseMove, point, _NONE, left, keys)
    _send(view, QEvent.Type.MouseButtonRelease, points[-1], left, _NONE, keys)


def turn_wheel(view: QAbstractScrollArea, place: QPoint, angle: int) -> None:
    target = view.viewport()
    phase = Qt.ScrollPhase.NoScrollPhase
    at, around = QPointF(place), QPointF(target.mapToGlobal(place))
    event = QWheelEvent(at, around, QPoint(), QPoint(0, angle), _NONE, _NO_KEYS, phase, False)
    QApplication.sendEvent(target, event)


def _send(
    view: QAbstractScrollArea,
    kind: QEvent.Type,
    place: QPoint,
    button: Qt.MouseButton,
    held: Qt.MouseButton,
    keys: Qt.KeyboardModifier,
) -> None:
    target = view.viewport()
    around = QPointF(target.mapToGlobal(place))
    QApplication.sendEvent(target, QMouseEvent(kind, QPointF(place), around, button, held, keys))
