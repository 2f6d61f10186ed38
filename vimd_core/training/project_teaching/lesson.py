"""What a student learns from its project's teacher: captures without a label, soft answers on all, and what is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from vimd_core.errors import CheckpointError
from vimd_core.training.batches.soft_answers import SoftAnswers
from vimd_core.training.batches.training_data import TrainingData
from vimd_core.training.loop.events import ExtractingEvent
from vimd_core.training.project_teaching.capture_features import features_of
from vimd_core.training.project_teaching.earlier_model import EarlierModel
from vimd_core.training.project_teaching.listed_captures import ListedCapture
from vimd_core.training.project_teaching.stored_answers import StoredAnswers, read_answers
from vimd_core.training.project_teaching.teaching import (
    ask_teacher,
    labelled_share,
    stored,
    weighted_answers,
)
from vimd_core.training.recipes.recipe import StudentRecipe
from vimd_core.user_messages import Sentence, plural, sentence

# Of labelled captures so many are shown to the teacher; the others teach by their labels alone.
_MOST_LABELLED = 10_000


@dataclass(frozen=True)
class ProjectLesson:
    """What is learnt from.

    Attributes:
        data: with captures without a label, where somebody answers on them.
        answers: on the captures of `data.training`, in their order; None: nobody answers.
        labelled_share: part of the images drawn that shall be labelled at least, however many captures have no label.
        fingerprint: of the answers; "" without any.
        notices: sentences for the user.
    """

    data: TrainingData
    answers: SoftAnswers | None = None
    labelled_share: float = 0.0
    fingerprint: str = ""
    notices: tuple[Sentence, ...] = ()


def project_lesson(
    recipe: StudentRecipe,
    data: TrainingData,
    listed: Sequence[ListedCapture],
    folder: Path,
    *,
    earlier: EarlierModel | None,
    device: str,
    tell: Callable[[ExtractingEvent], object],
    check: Callable[[], None],
) -> ProjectLesson:
    """Take the answers that the folder of the run holds, or ask for them and keep them there.

    The teacher is told the labels of `data.training` alone. Where the model that is to be improved is right more often
    than the teacher is expected to be, that model's own answers are learnt instead, so that a poor teacher spoils
    nothing.

    Args:
        recipe: names the features and where they are.
        data: with captures without a label behind the labelled ones.
        listed: all captures that may be learnt from.
        folder: of the run.
        earlier: that model; None where it knows none of the classes that have labels.
        device: where features are computed.
        tell: is told how far that is.
        check: is called several times a second; may raise.
    """
    if not listed or recipe.features_model is None:
        return ProjectLesson(data)
    key_of = {one.path: one.key for one in listed}
    keys = [key_of.get(path) for path in data.training_paths]
    said = read_answers(folder)
    if said is None:
        try:
            said = _asked(recipe, recipe.features_model, data, keys, earlier, device, tell, check)
        except CheckpointError as e:
            # A model of years ago may be gone; what it saw helps, but labels are learnt without it.
            return ProjectLesson(data.without_unlabelled(), notices=(_from_labels_alone(e.sentence),))
        if said is None:
            return ProjectLesson(data.without_unlabelled())
        said.write(folder)
    answers = weighted_answers(said, data.training, keys, len(data.classes))
    return ProjectLesson(
        data,
        answers,
        labelled_share(recipe.training.labelled_share, said.accuracy),
        said.fingerprint,
        (_sources(data), _expectation(said)),
    )


def _asked(
    recipe: StudentRecipe,
    features_model: Path,
    data: TrainingData,
    keys: Sequence[int | None],
    earlier: EarlierModel | None,
    device: str,
    tell: Callable[[ExtractingEvent], object],
    check: Callable[[], None],
) -> StoredAnswers | None:
    files = None
    if recipe.own_features is not None and recipe.companion_features is not None:
        files = (recipe.own_features, recipe.companion_features)
    shown = _shown(data, keys)
    features = features_of(shown, features_model, files, device=device, tell=tell, check=check)
    said = ask_teacher(features, data.training, keys, seed=recipe.training.seed, check=check)
    if earlier is None or (said is not None and said.accuracy >= earlier.accuracy):
        return said
    unlabelled = torch.nonzero(~data.training.is_labelled).flatten().tolist()
    asked = [index for index in unlabelled if keys[index] is not None]
    if not asked:
        return said
    ids = np.array([keys[index] for index in asked], np.int64)
    order = np.argsort(ids, kind="stable")
    probabilities = earlier.answer([asked[place] for place in order.tolist()]).numpy()
    return stored(ids[order], probabilities, np.arange(len(data.classes)), "", earlier.accuracy)


def _shown(data: TrainingData, keys: Sequence[int | None]) -> list[ListedCapture]:
    """The captures that the teacher sees: those without a label, and of the others as many as it has time for."""
    found, labelled = [], 0
    for key, path, label in zip(keys, data.training_paths, data.training.labels.tolist(), strict=True):
        labelled += label >= 0
        if key is not None and (label < 0 or labelled <= _MOST_LABELLED):
            found.append(ListedCapture(key, path))
    return found


def _from_labels_alone(reason: Sentence) -> Sentence:
    return sentence("Learning from labels alone: {reason}", reason=reason)


def _sources(data: TrainingData) -> Sentence:
    labelled = int((data.training.is_labelled & ~data.training.is_view).sum())
    others = int((~data.training.is_labelled).sum())
    return sentence(
        "Learning from {labels}, and from {others}.",
        labels=sentence(plural(labelled, "{count:,} label", "{count:,} labels"), count=labelled),
        others=sentence(
            plural(others, "{count:,} capture without a label", "{count:,} captures without a label"),
            count=others,
        ),
    )


def _expectation(said: StoredAnswers) -> Sentence:
    if not said.method:
        return sentence(
            "On captures without a label it learns what the earlier model says of them, which is right more often "
            "than the suggestions."
        )
    if said.accuracy < 0:
        return sentence("On captures without a label it learns what the suggestions say of them.")
    return sentence(
        "On captures without a label it learns what the suggestions say of them, of which about {share:.0%} are right.",
        share=said.accuracy,
    )
