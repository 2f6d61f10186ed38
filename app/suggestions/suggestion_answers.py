"""Suggestions as the child sends them, taken over without numpy."""

from __future__ import annotations

from app.domain.suggestions import CurrentSuggestions
from app.suggestions.project_labels import ProjectLabels
from vimd_core.worker.features.suggestion_messages import Suggested


def suggestions_of(answer: Suggested, labels: ProjectLabels) -> CurrentSuggestions:
    """What the child says of these labels."""
    _, named = answer.probabilities.shape
    accuracy = answer.accuracy
    return CurrentSuggestions(
        answer.ids.to_array(),
        answer.class_ids.to_array(),
        answer.probabilities.to_array(),
        answer.novelty.to_array(),
        max(1, named),
        labels.num_labels,
        None if accuracy is None else accuracy[0],
        (0.0, 1.0) if accuracy is None else accuracy[1:],
    )
