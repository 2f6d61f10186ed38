"""Forecast (learning curve): what twice as many labels would bring, by the embeddings of those that are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.insight.embedding_files import embedding_file
from vimd_core.errors import DatasetError

if TYPE_CHECKING:
    from app.storage.project import Project


@dataclass(frozen=True)
class LabelForecast:
    """Accuracy of a linear classifier on what the model sees; fractions.

    Attributes:
        labels: verified captures that it can learn from now, and are not held back to measure it.
        now: its accuracy with these, on captures that the model has not learnt from.
        doubled: what is to be expected with twice as many.
        low: the lower end of what is likely then.
        high: the upper end.
    """

    labels: int
    now: float
    doubled: float
    low: float
    high: float


@dataclass(frozen=True)
class TooFewToForecast:
    """Why nothing can be told: accuracy is measured on captures that the model has not learnt from.

    Attributes:
        labels: verified captures that the model has looked at.
        unlearnt: those of them that it has not learnt from.
        more: how many more labels are needed, about.
    """

    labels: int
    unlearnt: int
    more: int


def forecast_labels(project: Project) -> LabelForecast | TooFewToForecast | None:
    """Measure how accuracy has grown with labels, and go on with that curve.

    Returns:
        None where there is no model, or nothing is known of what it sees.
    """
    model, verified = project.read(lambda unit: (unit.models.active(), unit.revisions.verified())).result()
    if model is None:
        return None
    learnt_from, things = project.read(
        lambda unit: (
            unit.judging.learnt_from(model.id),
            unit.groups.of(one.id for one in verified),
        )
    ).result()
    import numpy as np

    from vimd_core.embeddings.file import open_embeddings
    from vimd_core.evaluation.learning_curve import FEWEST, FEWEST_TESTED, learning_curve

    try:
        stored = open_embeddings(embedding_file(project.folder, model.sha256))
    except (DatasetError, OSError):  # they can be thrown away at any time
        return None
    ids = np.array([one.id for one in verified], np.int64)
    rows = stored.rows_of(ids)
    known = rows >= 0
    classes = np.array([one.class_id for one in verified], np.int64)[known]
    groups = np.array([things[one.id] for one in verified], np.int64)[known]
    may_test = np.array([one.id not in learnt_from for one in verified], bool)[known]
    curve = learning_curve(
        np.asarray(stored.vectors[rows[known]], np.float32),
        classes,
        groups,
        may_test=may_test,
    )
    if curve is None:
        unlearnt = int(may_test.sum())
        more = max(FEWEST - len(classes), FEWEST_TESTED - unlearnt)
        return TooFewToForecast(len(classes), unlearnt, more) if more > 0 else None
    labels = curve.sizes[-1]
    return LabelForecast(labels, float(curve.means[-1]), *curve.predict(2 * labels))
