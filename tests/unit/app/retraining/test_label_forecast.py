"""What more labels would bring, in a project."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from retrain_verbs import activate_bundle, add_coloured_captures, label_all

from app.retraining.forecast import LabelForecast, TooFewToForecast, forecast_labels
from app.storage.captures.feature_files import NewFeatures, feature_files, keep_features
from app.storage.project import Project
from vimd_core.processes.messages import Float16Matrix


def test_the_forecast_needs_labels_and_embeddings(
    project: Project, tmp_path: Path, tiny_bundle: Path
) -> None:
    assert forecast_labels(project) is None
    ids = add_coloured_captures(project, tmp_path / "captures", per_class=30)
    model = activate_bundle(project, tiny_bundle)
    label_all(project, ids)
    assert forecast_labels(project) is None
    generator = np.random.default_rng(0)
    captures = [(number, place) for place, found in enumerate(ids.values()) for number in found]
    vectors = np.array([4 * np.eye(8)[place] + generator.normal(size=8) for _, place in captures], "<f2")
    files = feature_files(project.folder, model.sha256)

    def keep(first: int, last: int) -> None:
        numbers = tuple(number for number, _ in captures[first:last])
        nothing = Float16Matrix((len(numbers), 0), memoryview(b""))
        keep_features(files, NewFeatures(numbers, Float16Matrix.of(vectors[first:last]), nothing))

    keep(0, 50)
    assert forecast_labels(project) == TooFewToForecast(labels=50, more=10)
    keep(50, len(captures))
    found = forecast_labels(project)
    assert isinstance(found, LabelForecast) and found.labels == 63
    assert found.now > 0.9 and found.low <= found.doubled <= max(found.high, found.doubled)
