"""Messages about suggestions, which the project's own labels make for all captures. Torch-free and numpy-free.

The child holds one teacher (`vimd_core.suggestions`), made by `PrepareSuggestions`; the other requests ask it. The
window sends all labels each time: there is nothing that the two could disagree about after one of them has died.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from vimd_core.embeddings.feature_ids import FeatureFiles
from vimd_core.processes.messages import (
    Float32Array,
    Float32Matrix,
    Int64Array,
    NonNegativeInt,
    PositiveInt,
    Priority,
)
from vimd_core.worker.messages import DEFAULT_RANKING, Answer, Progress, Ranking, WindowRequest


class LabelsSoFar(msgspec.Struct, frozen=True, array_like=True):
    """All labels of a project, in arrays of one length.

    Attributes:
        ids: labelled captures.
        classes: their classes.
        groups: a number for each thing: what must not be separated when suggestions are judged.
        none_class: the class of what is none of the others, if there is one.
    """

    ids: Int64Array
    classes: Int64Array
    groups: Int64Array
    none_class: int | None = None

    def __post_init__(self) -> None:
        lengths = {one.shape for one in (self.ids, self.classes, self.groups)}
        if len(lengths) > 1:
            raise ValueError(f"arrays of one length were expected, and their shapes are {sorted(lengths)}")


class SuggestionsPrepared(Answer, frozen=True):
    """The teacher has seen the features of so many captures."""

    captures: NonNegativeInt


class Suggested(Answer, frozen=True):
    """What is suggested for N captures, labelled ones too.

    Attributes:
        ids: (N,) captures, ascending.
        class_ids: (N x T) the likeliest classes of each, the likeliest first, T for each capture in turn.
        probabilities: (N, T) how likely they are, calibrated.
        novelty: (N,) probability that it is of none of the labelled classes.
        method: what found them, in a few words.
        accuracy: share of the suggestions that is expected to be right, and the ends of its 95 % interval; None while
            that is not known.
    """

    ids: Int64Array
    class_ids: Int64Array
    probabilities: Float32Matrix
    novelty: Float32Array
    method: str
    accuracy: tuple[float, float, float] | None

    def __post_init__(self) -> None:
        count, named = self.probabilities.shape
        if (
            self.ids.shape != (count,)
            or self.novelty.shape != (count,)
            or self.class_ids.shape != (count * named,)
        ):
            raise ValueError("arrays that do not fit each other")


class SuggestionsReconsidered(Answer, frozen=True):
    """Cross-validation has looked at the labels.

    Attributes:
        is_changed: whether the suggestions would be others now.
    """

    is_changed: bool


class PrepareSuggestions(WindowRequest, frozen=True):
    """Make a teacher of the features that two networks have of all captures; it replaces the one before.

    The first `Progress` says that it has begun.

    Attributes:
        own: file of the features of the model that the project began with.
        companion: file of the features of the companion network; None where this installation has none.
        absent: captures of these files that are left out.
    """

    own: Path
    companion: Path | None
    absent: tuple[int, ...] = ()

    tells = (Progress,)
    closed_by = SuggestionsPrepared
    priority = Priority.BACKGROUND


class Suggest(WindowRequest, frozen=True):
    """Suggest classes for all captures. A user waits for it: it overtakes classification and embedding."""

    labels: LabelsSoFar

    closed_by = Suggested
    priority = Priority.INTERACTIVE


class ReconsiderSuggestions(WindowRequest, frozen=True):
    """Choose anew, by cross-validation on the labels, how suggestions are found; for idle time."""

    labels: LabelsSoFar

    tells = (Progress,)
    closed_by = SuggestionsReconsidered
    priority = Priority.BACKGROUND


class FindWorthLabelling(WindowRequest, frozen=True):
    """Captures whose labels would teach most; their scores are 0.

    Attributes:
        features: what the two networks see in the project's captures.
        labels: all labels so far.
        set_aside: captures that a user has decided about without giving a class.
    """

    features: FeatureFiles
    labels: LabelsSoFar
    set_aside: Int64Array
    absent: tuple[int, ...] = ()
    top_k: PositiveInt = DEFAULT_RANKING

    closed_by = Ranking
    priority = Priority.BACKGROUND
