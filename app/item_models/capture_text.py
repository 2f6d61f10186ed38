"""The text of a capture: its label, or else what is suggested or predicted; one that differs is said as such."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.domain.records import CaptureRow, ReviewState
from app.item_models.number_text import percent

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class HeldFor:
    """The class that a capture without a label is held for.

    Attributes:
        colour: of the class.
        probability: how sure that is.
        is_suggestion: whether the project's labels say so, and not the model.
    """

    name: str
    colour: str | None
    probability: float | None
    is_suggestion: bool


def held_for(row: CaptureRow) -> HeldFor | None:
    """What a capture is held for while nobody has labelled it; None where nothing is said of it."""
    if row.problem is not None:
        return None
    if row.is_suggestion_shown and row.suggestion is not None:
        said = row.suggestion
        return HeldFor(said.name, said.colour, said.probability, is_suggestion=True)
    if row.predicted is None:
        return None
    return HeldFor(row.predicted, row.predicted_colour, row.probability, is_suggestion=False)


def shown_confidence(row: CaptureRow) -> float | None:
    """How sure the class is that the capture is shown with; None when that was said by nobody but a user."""
    if row.problem is not None:
        return None
    if row.state is ReviewState.UNREVIEWED:
        said = held_for(row)
        return None if said is None else said.probability
    return row.probability if row.predicted is not None and row.label == row.predicted else None


def differing_answer(row: CaptureRow) -> str | None:
    """What the model says where a human has said something else, as "Model: Stop 33 %"; None where they agree.

    A model that does not know the project's classes is not quoted.
    """
    if row.problem is not None or row.predicted is None or row.probability is None:
        return None
    if row.state is ReviewState.UNREVIEWED or row.label == row.predicted or row.is_suggestion_shown:
        return None
    return model_text(row)


def model_text(row: CaptureRow) -> str | None:
    """What the model says, as "Model: Stop 33 %"; None where it has said nothing."""
    if row.predicted is None or row.probability is None:
        return None
    return translate("CaptureText", "Model: {0} {1}").format(row.predicted, percent(row.probability))


def differing_suggestion(row: CaptureRow) -> str | None:
    """What is suggested where the model is asked first and says something else; None where they agree."""
    said = row.suggestion
    if said is None or row.is_suggestion_shown or row.problem is not None or said.name == row.predicted:
        return None
    return suggestion_text(said.name, said.probability)


def suggestion_text(name: str, probability: float) -> str:
    """As "Suggested: rust 83 %"."""
    return translate("CaptureText", "Suggested: {0} {1}").format(name, percent(probability))


def decision(row: CaptureRow) -> str | None:
    """What the capture is held for: a human's decision, or else the suggestion or prediction with its confidence."""
    if row.state is ReviewState.UNSURE:
        return translate("TilePainter", "Unsure")
    if row.state is ReviewState.REJECTED:
        return translate("TilePainter", "Rejected")
    if row.label is not None:
        return row.label
    said = held_for(row)
    if said is None or said.probability is None:
        return row.predicted
    if said.is_suggestion:
        return suggestion_text(said.name, said.probability)
    return f"{said.name} {percent(said.probability)}"
