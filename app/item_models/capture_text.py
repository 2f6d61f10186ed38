"""The text of a capture: its label, or else the predicted class; one that differs is said as such."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.domain.records import CaptureRow, ReviewState
from app.item_models.number_text import percent

translate = QCoreApplication.translate


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
        return translate("TilePainter", "Rejected")
    if row.label is not None:
        return row.label
    if row.predicted is None or row.probability is None or row.problem is not None:
        return row.predicted
    return f"{row.predicted} {percent(row.probability)}"
