"""Decisions of the ledger: what is said of captures, where that is new, and what had been said of them before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, case, literal, null, select

from app.domain.records import ReviewState
from app.domain.suggestions import ShownClass
from app.storage.database import schema

_captures = schema.captures
_classes = schema.classes
_LABELLED: Final = (int(ReviewState.ACCEPTED), int(ReviewState.CORRECTED))


@dataclass(frozen=True)
class ShownSuggestion:
    """A class that was suggested for captures, and how sure that was, by capture."""

    class_id: int
    probabilities: Mapping[int, float]

    def columns(self, capture_ids: Sequence[int]) -> tuple[ColumnElement[Any], ...]:
        """Model, class and probability of what had been said of some of them: a suggestion is no model's."""
        shares = {one: self.probabilities[one] for one in capture_ids}
        return null(), literal(self.class_id, Integer), case(shares, value=_captures.c.id)


@dataclass(frozen=True)
class LabelDecision:
    """What is said of some captures.

    Attributes:
        state: that they get.
        class_id: that they get, or null.
        is_so: where nothing new would be said, which is then not written down.
        is_possible: where it can be said at all.
        suggested: the suggestion that they were shown with; None where the prediction that stands was shown.
    """

    capture_ids: Sequence[int]
    state: ColumnElement[Any]
    class_id: ColumnElement[Any]
    is_so: ColumnElement[bool]
    is_possible: ColumnElement[bool] | None = None
    suggested: ShownSuggestion | None = None


def accepted(capture_ids: Sequence[int], *, keeps_labels: bool) -> LabelDecision:
    """The prediction that stands is right.

    Args:
        capture_ids: of which captures.
        keeps_labels: whether labels that say otherwise stay.
    """
    said = _captures.c.predicted_class_id
    return LabelDecision(
        capture_ids,
        literal(int(ReviewState.ACCEPTED)),
        said,
        is_so=_is_labelled(said, keeps_labels=keeps_labels),
        is_possible=said.is_not(None),
    )


def accepted_as(
    class_id: int, shown: Sequence[ShownClass], *, is_suggestion: bool, keeps_labels: bool
) -> LabelDecision:
    """What captures were shown with is right. A suggestion is no model's: its events name none."""
    return LabelDecision(
        [one.capture_id for one in shown],
        literal(int(ReviewState.ACCEPTED)),
        literal(class_id, Integer),
        is_so=_is_labelled(literal(class_id, Integer), keeps_labels=keeps_labels),
        # It may have been merged into another one meanwhile.
        is_possible=literal(class_id, Integer).in_(
            select(_classes.c.id).where(_classes.c.retired.is_(False))
        ),
        suggested=ShownSuggestion(class_id, {one.capture_id: one.probability for one in shown})
        if is_suggestion
        else None,
    )


def grouped(decisions: Sequence[tuple[int, ReviewState, int | None]]) -> list[LabelDecision]:
    """Decisions that were made elsewhere, one for each state and class."""
    groups: dict[tuple[ReviewState, int | None], list[int]] = {}
    for capture_id, state, class_id in decisions:
        groups.setdefault((state, class_id), []).append(capture_id)
    return [
        marked(ids, state) if class_id is None else labelled(ids, class_id)
        for (state, class_id), ids in groups.items()
    ]


def labelled(capture_ids: Sequence[int], class_id: int) -> LabelDecision:
    """The same label again is nothing new, whatever the model says by now."""
    agrees = _captures.c.predicted_class_id == class_id
    return LabelDecision(
        capture_ids,
        case((agrees, int(ReviewState.ACCEPTED)), else_=int(ReviewState.CORRECTED)),
        literal(class_id, Integer),
        is_so=_captures.c.state.in_(_LABELLED) & (_captures.c.label_class_id == class_id),
    )


def marked(capture_ids: Sequence[int], state: ReviewState) -> LabelDecision:
    """Set aside without a class, or back to unreviewed."""
    return LabelDecision(capture_ids, literal(int(state)), null(), is_so=_captures.c.state == int(state))


def _is_labelled(class_id: ColumnElement[Any], *, keeps_labels: bool) -> ColumnElement[bool]:
    """Whether a capture has this label already, or any if labels are kept."""
    has_label = _captures.c.state.in_(_LABELLED)
    return has_label if keeps_labels else has_label & (_captures.c.label_class_id == class_id)
