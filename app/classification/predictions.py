"""Predictions of the child for a chunk: read from its message, and stored in the project."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.records import ModelAnswer, ModelRecord
from app.storage.captures.feature_files import NewFeatures, feature_files, keep_features
from vimd_core.processes.messages import Float16Matrix
from vimd_core.user_messages import Sentence
from vimd_core.worker.messages import Classification, Classified

if TYPE_CHECKING:
    from app.storage.unit import Unit


@dataclass
class PredictionBatch:
    """What the child said of some captures.

    Attributes:
        answers: of the captures that were classified.
        problems: why others could not be.
        stamps: capture, size and modification time of the files that were read.
        features: what the model sees in the captures of `answers`, where it gives any.
    """

    answers: list[ModelAnswer] = field(default_factory=list)
    problems: list[tuple[int, Sentence]] = field(default_factory=list)
    stamps: list[tuple[int, int, int]] = field(default_factory=list)
    features: NewFeatures | None = None

    @property
    def ids(self) -> list[int]:
        """The captures."""
        return [answer.capture_id for answer in self.answers] + [
            capture_id for capture_id, _ in self.problems
        ]


def take_predictions(classified: Classified, unanswered: dict[int, None]) -> PredictionBatch:
    """Read what a message says of captures that are waited for, which then are not any more."""
    expected = [one for one in classified.results if one.id in unanswered]
    taken = PredictionBatch(
        answers=[_answer(one) for one in expected],
        problems=[(one.id, one.error) for one in classified.unreadable if one.id in unanswered],
        stamps=[(one.id, one.file_size_bytes, one.modified_ns) for one in expected],
        features=_features(classified),
    )
    for capture_id in taken.ids:
        unanswered.pop(capture_id, None)
    return taken


def store_predictions(
    unit: Unit, model: ModelRecord, predictions: PredictionBatch, folder: Path
) -> tuple[list[int], set[int]]:
    """Write predictions into a project.

    Args:
        unit: a transaction.
        model: whose predictions they are.
        predictions: what it said.
        folder: the project's.

    Returns:
        The captures, and those of them whose files were not as the project knows them.
    """
    # A prediction belongs to what was read: it is none of what the file held when it was last looked at.
    others = unit.contents.read_otherwise(predictions.stamps)
    unit.predictions.store(model, [one for one in predictions.answers if one.capture_id not in others])
    unit.captures.set_problems(predictions.problems)
    # Kept is what the first ancestor of the model in use sees: where that is in use itself, it is computed already.
    if predictions.features is not None and unit.models.first_ancestor(model.id).id == model.id:
        keep_features(feature_files(folder, model.sha256), predictions.features.without(others))
    return predictions.ids, others


def _features(classified: Classified) -> NewFeatures | None:
    """Those that come with results, one for each."""
    features = classified.features
    if not features.shape[0]:
        return None
    nothing = Float16Matrix((features.shape[0], 0), memoryview(b""))
    return NewFeatures(tuple(one.id for one in classified.results), features, nothing)


def _answer(result: Classification) -> ModelAnswer:
    return ModelAnswer(
        capture_id=result.id,
        width_px=result.width_px,
        height_px=result.height_px,
        top=result.top,
        bicubic_top=result.bicubic_top,
        disagreement=result.disagreement,
    )
