"""What a capture is held for, in words: its label, or else the model's answer; one that differs is said as such."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from app.domain.records import CaptureRow, ReviewState

_NBSP: Final = "\u00a0"

translate = QCoreApplication.translate


def percent(fraction: float) -> str:
    """A probability; certainty is never rounded up to."""
    if 0.995 <= fraction < 1.0:
        return f">99{_NBSP}%"
    if 0.0 < fraction < 0.005:
        return f"<1{_NBSP}%"
    return f"{fraction * 100:.0f}{_NBSP}%"


def shown_confidence(row: CaptureRow) -> float | None:
    """How sure the model is of the class that the capture is shown with; None when that is another one, or none."""
    if row.problem is not None or row.predicted is None:
        return None
    is_answer = row.state is ReviewState.UNREVIEWED or row.label == row.predicted
    return row.probability if is_answer else None


def differing_answer(row: CaptureRow) -> str | None:
    """What the model says where a human has said something else, as "Model: Stop 33 %"; None where they agree."""
    if row.problem is not None or row.predicted is None or row.probability is None:
        return None
    if row.state is ReviewState.UNREVIEWED or row.label == row.predicted:
        return None
    return translate("CaptureText", "Model: {0} {1}").format(row.predicted, percent(row.probability))


def decision(row: CaptureRow) -> str | None:
    """What the capture is held for: a human's decision, or else the model's answer with its confidence."""
    if row.state is ReviewState.UNSURE:
        return translate("TilePainter", "Unsure")
    if row.state is ReviewState.REJECTED:
        return translate("TilePainter", "Not a capture")
    if row.label is not None:
        return row.label
    if row.predicted is None or row.probability is None or row.problem is not None:
        return row.predicted
    return f"{row.predicted} {percent(row.probability)}"
