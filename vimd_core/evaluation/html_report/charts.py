"""Charts of an evaluation as SVG; colours come from the page's style, so that they fit light and dark.

A chart is drawn 360 units wide, the width of a phone, so that its text is readable there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from vimd_core.evaluation.html_report.html import element, joined, percent
from vimd_core.evaluation.metrics import Reliability
from vimd_core.evaluation.size_profile import SizeRange

WIDTH: Final = 360
_LEFT, _RIGHT, _TOP = 38.0, 352.0, 10.0
_TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


def reliability_chart(calibrated: Reliability, uncalibrated: Reliability | None) -> Markup:
    """Accuracy against confidence; on the diagonal a model is as sure as it is right.

    Args:
        calibrated: of the answers as the model gives them.
        uncalibrated: of the answers without temperature, None when the model has none.
    """
    height, bottom, base = 330, 230.0, 290.0
    bins = len(calibrated.counts)
    width = (_RIGHT - _LEFT) / bins
    parts = [*_percent_axis(bottom), _line(_LEFT, bottom, _RIGHT, _TOP, "diagonal")]
    for index in range(bins):
        count = int(calibrated.counts[index])
        if not count:
            continue
        accuracy, confidence = float(calibrated.accuracy[index]), float(calibrated.confidence[index])
        x = _LEFT + index * width
        told = f"{count:,} captures: {percent(confidence)} sure, {percent(accuracy)} right"
        parts.append(_bar(x, _height(accuracy, bottom), width, bottom, "bar", told))
        parts.append(
            _line(x + 1, _height(confidence, bottom), x + width - 1, _height(confidence, bottom), "mean")
        )
        tall = (base - bottom - 22) * count / int(calibrated.counts.max())
        parts.append(_bar(x, base - max(1.0, tall), width, base, "count", told))
    if uncalibrated is not None:
        for index in range(bins):
            if not uncalibrated.counts[index]:
                continue
            x, y = _LEFT + (index + 0.5) * width, _height(float(uncalibrated.accuracy[index]), bottom)
            told = (
                f"without temperature: {int(uncalibrated.counts[index]):,} captures, "
                f"{percent(float(uncalibrated.confidence[index]))} sure, "
                f"{percent(float(uncalibrated.accuracy[index]))} right"
            )
            parts.append(element("circle", element("title", told), cx=x, cy=y, r=3.5, class_="before"))
    for tick in _TICKS:
        x = _LEFT + tick * (_RIGHT - _LEFT)
        parts.append(_text(x, base + 14, percent(tick, 0), "middle" if tick < 1 else "end"))
    parts.append(_text((_LEFT + _RIGHT) / 2, base + 30, "confidence", "middle"))
    parts.append(_text(_LEFT, bottom + 16, "captures", "start", "faint"))
    return _chart(parts, height, "Reliability diagram: accuracy against confidence")


def size_chart(ranges: Sequence[SizeRange], suggested_px: int | None) -> Markup:
    """Accuracy with its interval, and mean confidence, for each range of capture sizes.

    Args:
        ranges: from small to large.
        suggested_px: where to mark the smallest useful size.
    """
    height, bottom, base = 330, 230.0, 290.0
    width = (_RIGHT - _LEFT) / max(1, len(ranges))
    most = max((one.n for one in ranges), default=1)
    parts = _percent_axis(bottom)
    line: list[str] = []
    # At most about nine labels fit side by side.
    every = -(-len(ranges) // 9)
    for index, one in enumerate(ranges):
        x = _LEFT + (index + 0.5) * width
        told = (
            f"{one.name}: {one.n:,} captures, {percent(one.accuracy)} right "
            f"({percent(one.interval[0])} to {percent(one.interval[1])}), {percent(one.confidence)} sure"
        )
        low, high = (_height(edge, bottom) for edge in one.interval)
        drawn = joined(
            [
                element("title", told),
                _line(x, low, x, high, "whisker"),
                _line(x - 5, low, x + 5, low, "whisker"),
                _line(x - 5, high, x + 5, high, "whisker"),
                element("circle", cx=x, cy=_height(one.accuracy, bottom), r=4.5, class_="point"),
            ]
        )
        line.append(f"{x:.1f},{_height(one.confidence, bottom):.1f}")
        tall = max(1.0, (base - bottom - 22) * one.n / most)
        parts.append(element("g", drawn))
        parts.append(_bar(x - width / 2, base - tall, width, base, "count", told))
        if index % every == 0:
            parts.append(_text(x, base + 14, str(one.low_px), "middle"))
        if one.low_px == suggested_px:
            parts.append(_line(x - width / 2, _TOP, x - width / 2, bottom, "mark"))
    parts.append(element("polyline", points=" ".join(line), class_="confidence"))
    parts.append(_text((_LEFT + _RIGHT) / 2, base + 30, "longer side from ... px", "middle"))
    parts.append(_text(_LEFT, bottom + 16, "captures", "start", "faint"))
    return _chart(parts, height, "Accuracy and confidence by capture size")


def _chart(parts: Sequence[Markup], height: int, title: str) -> Markup:
    return element(
        "svg", *parts, viewBox=f"0 0 {WIDTH} {height}", class_="chart", role="img", aria_label=title
    )


def _percent_axis(bottom: float) -> list[Markup]:
    parts: list[Markup] = []
    for tick in _TICKS:
        y = _height(tick, bottom)
        parts += [_line(_LEFT, y, _RIGHT, y, "grid"), _text(_LEFT - 5, y + 4, percent(tick, 0), "end")]
    return parts


def _height(fraction: float, bottom: float) -> float:
    return bottom - fraction * (bottom - _TOP)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return element("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=kind)


def _bar(x: float, top: float, width: float, bottom: float, kind: str, told: str) -> Markup:
    return element(
        "rect",
        element("title", told),
        x=x + 1,
        y=top,
        width=max(1.0, width - 2),
        height=max(0.0, bottom - top),
        class_=kind,
    )


def _text(x: float, y: float, text: str, anchor: str, kind: str | None = None) -> Markup:
    return element("text", text, x=float(x), y=float(y), text_anchor=anchor, class_=kind)
