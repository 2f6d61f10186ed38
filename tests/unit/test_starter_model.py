"""The shipped model is what its card says."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from places import ROOT

from vimd_core.checkpoints.bundled_model import starter_model_path
from vimd_core.checkpoints.safetensors_header import read_header
from vimd_core.data.images.decoding import decode_image
from vimd_core.inference.predictor import Predictor

torch.set_num_threads(1)
SAMPLES = ROOT / "resources" / "samples"
MODELS = sorted((ROOT / "resources" / "models").glob("*.safetensors"))
LARGEST_BYTES = 12 * 2**20
LARGEST_TOTAL_BYTES = 60 * 10**6


def test_all_shipped_weights_together_are_small() -> None:
    assert sum(path.stat().st_size for path in MODELS) <= LARGEST_TOTAL_BYTES


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_shipped_weights_are_in_half_precision_and_have_a_card(path: Path) -> None:
    header = read_header(path)
    numbers = sum(math.prod(shape) for shape in header.shapes.values())
    assert header.file_bytes < 2.2 * numbers + 100_000, "two bytes a number, and some for the description"
    assert len(header.metadata["license"].strip('"')) > 3
    card = path.with_suffix(".md").read_text(encoding="utf-8")
    assert path.name in card
    for heading in ("## Figures", "## What it is bad at", "## Recipe", "## Data and terms"):
        assert heading in card


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor.load(starter_model_path(), device="cpu")


def test_it_is_small_complete_and_has_a_card(predictor: Predictor) -> None:
    path = starter_model_path()
    assert path.stat().st_size <= LARGEST_BYTES
    info = predictor.info
    assert info.config.preset == "compact" and len(info.classes) == len(info.class_folders) == 43
    assert info.license and info.training["recipe"] and info.metrics["gtsrb43_native/test"]["top1"] >= 0.98
    card = path.with_suffix(".md").read_text(encoding="utf-8")
    assert f"{info.metrics['gtsrb43_native/test']['top1']:.2%}".replace("%", " %") in card


def test_it_knows_nearly_all_of_the_samples(predictor: Predictor) -> None:
    with (SAMPLES / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    images = [decode_image(SAMPLES / "captures" / row["capture"]) for row in rows]
    answers = predictor.predict(images)
    right = [
        predictor.info.classes[answer.top(1)[0][0]] == row["class_name"]
        for answer, row in zip(answers, rows, strict=True)
    ]
    # Chosen at least once a class, rare ones included, so harder than the test set that they come from.
    assert np.mean(right) >= 0.85
