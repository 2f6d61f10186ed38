"""What more labels would bring, in a project."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from retrain_verbs import activate_bundle, add_coloured_captures, label_all

from app.insight.embedding_files import NewEmbeddings, embedding_file, keep_embeddings
from app.retraining.forecast import forecast_labels
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
    keep_embeddings(
        embedding_file(project.folder, model.sha256),
        NewEmbeddings(tuple(number for number, _ in captures), Float16Matrix.of(vectors)),
    )
    found = forecast_labels(project)
    assert found is not None and found.labels == 63
    assert found.now > 0.9 and found.low <= found.doubled <= max(found.high, found.doubled)
