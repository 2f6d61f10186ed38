"""Fits the project's teacher to the labels that are learnt from, and weighs its soft answers for the student.

Knowledge distillation from a teacher of the project itself: it sees more than the student does (a second network, and
all captures at once by their neighbours), so its answers on captures without a label teach what labels alone do not.

Sizes: N captures, T classes named for each, K classes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.suggestions.answers import KnownLabels
from vimd_core.suggestions.teacher import ProjectTeacher
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.batches.soft_answers import SoftAnswers
from vimd_core.training.project_teaching.stored_answers import StoredAnswers

_NAMED: Final = 16
# Beside its label a capture also learns what the teacher says of it, which likens classes to each other.
_BESIDE_LABEL: Final = 0.4
# With more, captures without a label would hardly be seen.
_MOST_LABELLED_SHARE: Final = 0.6


def ask_teacher(
    features: CaptureFeatures,
    captures: CaptureSet,
    keys: Sequence[int | None],
    *,
    seed: int,
    check: Callable[[], None],
) -> StoredAnswers | None:
    """Fit the teacher to the labels of captures, and ask it about all captures that have features.

    Args:
        features: of the project's captures.
        captures: to learn from; nothing else is told to the teacher.
        keys: for each of them what its features are known by; None where it has none.
        seed: of the teacher.
        check: is called several times a second; may raise.

    Returns:
        Its answers; None where labels of fewer than two classes have features.
    """
    labelled = [
        (key, label, group)
        for key, label, group in zip(keys, captures.labels.tolist(), captures.groups, strict=True)
        if key is not None and label >= 0
    ]
    ids = np.array([key for key, _, _ in labelled], np.int64)
    has_features = features.rows_of(ids) >= 0 if len(ids) else np.zeros(0, bool)
    classes = np.array([label for _, label, _ in labelled], np.int64)
    if len(np.unique(classes[has_features])) < 2:
        return None
    places = {group: place for place, group in enumerate(sorted({group for _, _, group in labelled}))}
    groups = np.array([places[group] for _, _, group in labelled], np.int64)
    known = KnownLabels(ids, classes, groups)

    def is_cancelled() -> bool:
        check()
        return False

    teacher = ProjectTeacher(
        features, seed=seed, on_progress=lambda _share: check(), is_cancelled=is_cancelled
    )
    teacher.reconsider(known, is_cancelled=is_cancelled)
    said = teacher.suggest(known, soft=True)
    assert said.soft is not None
    expected = said.expected_accuracy
    accuracy = -1.0 if expected is None else expected.in_project.value
    return stored(np.asarray(said.ids), said.soft, said.soft_classes, said.method, accuracy)


def stored(
    keys: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.float32],
    classes: npt.NDArray[np.int64],
    method: str,
    accuracy: float,
) -> StoredAnswers:
    """The likeliest classes of each capture.

    Args:
        keys: (N,) ascending.
        probabilities: (N, k).
        classes: (k,) place of each column among the classes of the new model.
        method: what answered.
        accuracy: see `StoredAnswers`.
    """
    count = min(_NAMED, probabilities.shape[1])
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :count]
    return StoredAnswers(
        keys,
        classes[order].astype(np.int32),
        np.take_along_axis(probabilities, order, axis=1).astype(np.float16),
        method,
        accuracy,
    )


def weighted_answers(
    said: StoredAnswers, captures: CaptureSet, keys: Sequence[int | None], num_classes: int
) -> SoftAnswers:
    """Soft answers in the order of the captures, each weighted by how sure the teacher is.

    Args:
        said: by the teacher.
        captures: N of them.
        keys: as of `ask_teacher`.
        num_classes: K.
    """
    ids = np.array([-1 if key is None else key for key in keys], np.int64)
    places = np.minimum(np.searchsorted(said.keys, ids), len(said.keys) - 1)
    is_known = said.keys[places] == ids
    probabilities = said.probabilities[places].astype(np.float32)
    probabilities /= np.maximum(probabilities.sum(axis=1, keepdims=True), 1e-6)
    return SoftAnswers(
        torch.from_numpy(said.classes[places].astype(np.int64)),
        torch.from_numpy(weighted(probabilities, captures.is_labelled.numpy(), is_known)),
        num_classes,
    )


def labelled_share(least: float, accuracy: float) -> float:
    """Part of the images drawn that shall be labelled: the oftener the teacher is expected to be wrong, the more.

    Args:
        least: that part with a teacher that is always right.
        accuracy: of the teacher, as of `StoredAnswers`.
    """
    return least if accuracy < 0 else max(least, min(_MOST_LABELLED_SHARE, 1.0 - accuracy))


def weighted(
    probabilities: npt.NDArray[np.float32],
    is_labelled: npt.NDArray[np.bool_],
    is_known: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float32]:
    """Probabilities times the weight of each capture: how sure the answer is, or a fixed one beside a label.

    Args:
        probabilities: (N, T).
        is_labelled: (N,).
        is_known: (N,) whether there is an answer.
    """
    weights = np.where(is_labelled, _BESIDE_LABEL, probabilities.max(axis=1)) * is_known
    masses: npt.NDArray[np.float32] = (probabilities * weights[:, None]).astype(np.float32)
    return masses
