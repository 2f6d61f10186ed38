"""A filter in words, part by part, each with the query that is left when it is taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from app.domain.capture_query import CaptureQuery, SortField

translate = QCoreApplication.translate


@dataclass(frozen=True)
class QueryPart:
    """One condition of a filter.

    Attributes:
        text: what it says.
        without: the query without it.
    """

    text: str
    without: CaptureQuery


def query_parts(
    query: CaptureQuery, class_names: Mapping[int, str], source_names: Mapping[int, str]
) -> list[QueryPart]:
    """All conditions but the state of the review, which has buttons of its own."""
    parts: list[QueryPart] = []

    def add(text: str, without: CaptureQuery) -> None:
        parts.append(QueryPart(text, without))

    if query.text:
        add(translate("QueryPart", "Name: {0}").format(query.text), replace(query, text=""))
    if query.source_ids is not None:
        add(
            translate("QueryPart", "Source: {0}").format(_list(query.source_ids, source_names)),
            replace(query, source_ids=None),
        )
    if query.class_ids is not None:
        add(
            translate("QueryPart", "Class: {0}").format(_list(query.class_ids, class_names)),
            replace(query, class_ids=None),
        )
    if query.predicted_class_ids is not None:
        text = translate("QueryPart", "Model: {0}").format(_list(query.predicted_class_ids, class_names))
        add(text, replace(query, predicted_class_ids=None))
    if query.suggested_class_ids is not None:
        text = translate("QueryPart", "Suggested: {0}").format(_list(query.suggested_class_ids, class_names))
        add(text, replace(query, suggested_class_ids=None))
    if query.label_class_ids is not None:
        text = translate("QueryPart", "Label: {0}").format(_list(query.label_class_ids, class_names))
        add(text, replace(query, label_class_ids=None))
    if query.min_confidence is not None or query.max_confidence is not None:
        low, high = query.min_confidence or 0.0, 1.0 if query.max_confidence is None else query.max_confidence
        text = (
            translate("QueryPart", "Classified")  # whatever the answer is, there is one
            if low <= 0 and high >= 1
            else translate("QueryPart", "Confidence: {0}–{1} %").format(round(100 * low), round(100 * high))
        )
        add(text, replace(query, min_confidence=None, max_confidence=None))
    if query.min_novelty is not None:
        text = (
            translate("QueryPart", "With a suggestion")
            if query.min_novelty <= 0
            else translate("QueryPart", "None of these: at least {0} %").format(
                round(100 * query.min_novelty)
            )
        )
        add(text, replace(query, min_novelty=None))
    if query.min_size_px is not None or query.max_size_px is not None:
        low_px = query.min_size_px or 1
        text = (
            translate("QueryPart", "Size: at least {0} px").format(low_px)
            if query.max_size_px is None
            else translate("QueryPart", "Size: {0}–{1} px").format(low_px, query.max_size_px)
        )
        add(text, replace(query, min_size_px=None, max_size_px=None))
    if query.min_disagreement is not None:
        text = translate("QueryPart", "SR disagreement: at least {0} %").format(
            round(100 * query.min_disagreement)
        )
        add(text, replace(query, min_disagreement=None))
    if query.sr_changed is not None:
        text = (
            translate("QueryPart", "SR changed the prediction")
            if query.sr_changed
            else translate("QueryPart", "SR kept the prediction")
        )
        add(text, replace(query, sr_changed=None))
    if query.within is not None:
        sort = SortField.ADDED if query.sort is SortField.GIVEN else query.sort
        text = translate("QueryPart", "List of %Ln capture(s)", "", len(query.within))
        add(text, replace(query, within=None, sort=sort))
    return parts


def _list(ids: frozenset[int], names: Mapping[int, str]) -> str:
    known = sorted(names.get(i, "?") for i in ids)
    if len(known) > 2:
        return translate("QueryPart", "{0} and {1} more").format(known[0], len(known) - 1)
    return ", ".join(known)
