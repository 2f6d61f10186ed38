"""Forecast (learning curve): what twice as many labels would bring, by the features of captures that have one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.storage.captures.feature_files import feature_files
from vimd_core.errors import DatasetError

if TYPE_CHECKING:
    from app.storage.project import Project


@dataclass(frozen=True)
class LabelForecast:
    """Accuracy of a linear classifier on features that have learnt from no label; fractions.

    Attributes:
        labels: verified captures that it can learn from now, and are not held back to measure it.
        now: its accuracy with these, on captures that are held back.
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
    """Why nothing can be told.

    Attributes:
        labels: verified captures whose features are computed.
        more: how many more labels are needed, about.
    """

    labels: int
    more: int


def forecast_labels(project: Project) -> LabelForecast | TooFewToForecast | None:
    """Measure how accuracy has grown with labels, and go on with that curve.

    Returns:
        None where there is no model, or no features are computed yet.
    """
    model, verified = project.read(lambda unit: (unit.models.active(), unit.revisions.verified())).result()
    if model is None:
        return None
    import numpy as np

    from vimd_core.embeddings.features import open_features
    from vimd_core.embeddings.reduction import reduced
    from vimd_core.evaluation.learning_curve import FEWEST, learning_curve

    own, things = project.read(
        lambda unit: (unit.models.own_network(model.id), unit.groups.of(one.id for one in verified))
    ).result()
    files = feature_files(project.folder, own.model_id)
    has_companion = files.companion is not None and files.companion.is_file()
    try:
        features = open_features(files.own, files.companion if has_companion else None)
    except (DatasetError, OSError):  # they can be thrown away at any time
        return None
    rows = features.rows_of(np.array([one.id for one in verified], np.int64))
    known = rows >= 0
    classes = np.array([one.class_id for one in verified], np.int64)[known]
    groups = np.array([things[one.id] for one in verified], np.int64)[known]
    curve = learning_curve(
        reduced(features.vectors(rows[known])),
        classes,
        groups,
    )
    if curve is None:
        more = FEWEST - len(classes)
        return TooFewToForecast(len(classes), more) if more > 0 else None
    labels = curve.sizes[-1]
    return LabelForecast(labels, float(curve.means[-1]), *curve.predict(2 * labels))
