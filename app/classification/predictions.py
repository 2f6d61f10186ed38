"""Predictions of the child for a chunk: read from its message, and stored in the project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.records import ModelAnswer, ModelRecord
from app.insight.embedding_files import NewEmbeddings, embedding_file, keep_embeddings
from vimd_core.processes.protocol import Message

if TYPE_CHECKING:
    from app.storage.unit import Unit


@dataclass
class Predictions:
    """What the child said of some captures.

    Attributes:
        answers: of the captures that were classified.
        problems: why others could not be.
        stamps: capture, size and modification time of the files that were read.
        embeddings: where the model gives any.
    """

    answers: list[ModelAnswer] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    stamps: list[tuple[int, int, int]] = field(default_factory=list)
    embeddings: NewEmbeddings | None = None

    @property
    def ids(self) -> list[int]:
        """The captures."""
        return [answer.capture_id for answer in self.answers] + [
            capture_id for capture_id, _ in self.problems
        ]


def take_predictions(message: Message, unanswered: dict[int, None]) -> Predictions:
    """Read what a message says of captures that are waited for, which then are not any more."""
    results: Sequence[dict[str, Any]] = message.fields["results"]
    taken = Predictions(embeddings=_embeddings(message))
    for result in results:
        capture_id = int(result["id"])
        if capture_id not in unanswered:
            continue
        del unanswered[capture_id]
        if "error" in result:
            taken.problems.append((capture_id, str(result["error"])))
        else:
            taken.answers.append(_answer(capture_id, result))
            if "modified_ns" in result:
                taken.stamps.append((capture_id, int(result["file_size_bytes"]), int(result["modified_ns"])))
    return taken


def store_predictions(
    unit: Unit, model: ModelRecord, predictions: Predictions, folder: Path
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
    if predictions.embeddings is not None:
        keep_embeddings(embedding_file(folder, model.sha256), predictions.embeddings)
    return predictions.ids, others


def _embeddings(message: Message) -> NewEmbeddings | None:
    """Those that come with results, one for each that is no error."""
    dim = int(message.fields.get("embedding_dim", 0))
    if not dim:
        return None
    ids = tuple(int(result["id"]) for result in message.fields["results"] if "error" not in result)
    return NewEmbeddings(dim, ids, message.payload)


def _answer(capture_id: int, result: dict[str, Any]) -> ModelAnswer:
    return ModelAnswer(
        capture_id=capture_id,
        width_px=int(result["width_px"]),
        height_px=int(result["height_px"]),
        top=tuple((int(index), float(probability)) for index, probability in result["top"]),
        bicubic_top=tuple((int(index), float(probability)) for index, probability in result["bicubic_top"]),
        disagreement=float(result["disagreement"]),
    )
