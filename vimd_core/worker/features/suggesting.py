"""Suggestion requests of the window: prepare the project's teacher, suggest, reconsider; what is most worth a label."""

from __future__ import annotations

from typing import Final

import numpy as np

from vimd_core.embeddings.features import open_features
from vimd_core.processes.messages import Float32Array, Float32Matrix, Int64Array
from vimd_core.suggestions.answers import KnownLabels, Suggestions
from vimd_core.suggestions.queue import worth_labelling_next
from vimd_core.suggestions.teacher import ProjectTeacher
from vimd_core.worker.features.suggestion_messages import (
    FindWorthLabelling,
    LabelsSoFar,
    PrepareSuggestions,
    ReconsiderSuggestions,
    Suggest,
    Suggested,
    SuggestionsPrepared,
    SuggestionsReconsidered,
)
from vimd_core.worker.messages import Cancelled, Progress, Ranking
from vimd_core.worker.serving import ServedRequest, serves

MOST_NAMED: Final = 1_000_000
"""So many classes are named at most, of all captures together: of a million captures the likeliest one each."""


@serves(PrepareSuggestions)
def prepare_suggestions(request: PrepareSuggestions, job: ServedRequest) -> SuggestionsPrepared | Cancelled:
    """Make the teacher; until it is there, the one before answers."""
    job.tell(Progress(0.0))
    features = open_features(request.own, request.companion, absent=request.absent)
    teacher = ProjectTeacher(
        features,
        on_progress=lambda share: job.tell(Progress(share)),
        is_cancelled=job.is_cancelled,
    )
    if job.is_cancelled():
        return Cancelled()
    job.learn_with(teacher)
    return SuggestionsPrepared(len(features.ids))


@serves(Suggest)
def suggest(request: Suggest, job: ServedRequest) -> Suggested:
    """Suggest classes for all captures."""
    return _answer(job.teacher.suggest(_known(request.labels)))


@serves(ReconsiderSuggestions)
def reconsider_suggestions(
    request: ReconsiderSuggestions, job: ServedRequest
) -> SuggestionsReconsidered | Cancelled:
    """Choose anew how suggestions are found."""
    job.tell(Progress(0.0))
    is_changed = job.teacher.reconsider(_known(request.labels), is_cancelled=job.is_cancelled)
    return Cancelled() if job.is_cancelled() else SuggestionsReconsidered(is_changed)


@serves(FindWorthLabelling)
def find_worth_labelling(request: FindWorthLabelling, job: ServedRequest) -> Ranking | Cancelled:
    """Rank captures by what their labels would teach."""
    features = open_features(request.features.own, request.features.companion, absent=request.absent)
    found = worth_labelling_next(
        features,
        _known(request.labels),
        request.top_k,
        teacher=job.teacher_if_any,
        set_aside=request.set_aside.to_numpy(),
        is_cancelled=job.is_cancelled,
    )
    if job.is_cancelled():
        return Cancelled()
    scores = Float32Array.of(np.zeros(len(found), np.float32))
    return Ranking(Int64Array.of(np.ascontiguousarray(found, np.int64)), scores, len(features))


def _known(labels: LabelsSoFar) -> KnownLabels:
    return KnownLabels(
        labels.ids.to_numpy(), labels.classes.to_numpy(), labels.groups.to_numpy(), labels.none_class
    )


def _answer(found: Suggestions) -> Suggested:
    named = max(1, min(found.top_classes.shape[1], MOST_NAMED // max(1, len(found.ids))))
    expected = found.expected_accuracy
    share = None if expected is None else expected.in_project
    return Suggested(
        ids=Int64Array.of(np.ascontiguousarray(found.ids, np.int64)),
        class_ids=Int64Array.of(np.ascontiguousarray(found.top_classes[:, :named], np.int64).reshape(-1)),
        probabilities=Float32Matrix.of(np.ascontiguousarray(found.top_probabilities[:, :named], np.float32)),
        novelty=Float32Array.of(np.ascontiguousarray(found.novelty, np.float32)),
        method=found.method,
        accuracy=None if share is None else (share.value, share.low, share.high),
    )
