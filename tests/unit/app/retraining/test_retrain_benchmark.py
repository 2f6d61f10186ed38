"""`vimd benchmark retrain`: a real project is labelled and retrained; what its table says follows from the steps."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from retrain_verbs import COLOURS

from vimd_core.benchmarks import registry
from vimd_core.cli import main
from vimd_core.errors import ConfigError


@pytest.fixture(scope="module")
def coloured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Class folders of captures that are told by their colour; each thing was seen twice."""
    folder = tmp_path_factory.mktemp("coloured")
    generator = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (folder / name).mkdir()
        for number in range(24):
            noise = generator.normal(0, 25, (20, 20, 3))
            image = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(image).save(folder / name / f"{number // 2:03d}_{number % 2}.png")
    return folder


def test_labels_are_given_step_by_step_and_each_step_is_written_down(
    coloured: Path, tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "steps.jsonl"
    arguments = [
        *("--data", str(coloured), "--start", str(tiny_bundle), "--counts", "0", "12", "24"),
        *("--owners", "queue", "--log", str(log)),
        *("--set", "epochs=40", "--set", "batch_size=8", "--set", "learning_rate=5e-3"),
        *("--set", "epoch_images=0", "--set", "ema_decay=0.5", "--set", "augmentation.cutmix_probability=0"),
    ]
    assert main(["benchmark", "retrain", *arguments, "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    steps = [json.loads(line) for line in log.read_text().splitlines()]
    assert [step["labels"] for step in steps] == [12, 24]
    assert all(step["classes"] == len(COLOURS) for step in steps)
    # A network with random weights, trained until the split, which follows the folder's name, makes no difference.
    assert min(steps[-1]["top1"], steps[-1]["linear_top1"]) > 0.6, steps
    assert steps[0]["processor_s"] > 0 and steps[0]["wall_s"] > 0
    assert rows["24 labels, queue (3 classes), top-1"]["value"] == pytest.approx(100 * steps[-1]["top1"])


def test_nothing_of_a_thing_that_is_measured_on_may_be_labelled(coloured: Path) -> None:
    registry.find("retrain")
    found = sys.modules["retrain_probes.labelled_set"].split_in_two(
        coloured, rest_share=0.4, most_rest=25, most_pool=40, seed=0
    )
    things = [{(path.parent, path.stem[:3]) for path in part} for part in (found.pool, found.rest)]
    assert not things[0] & things[1] and len(found.rest) == 25
    assert {path.parent.name for path in found.pool} == set(COLOURS)
    assert all(path.parent.name == name for path, name in (found.pool | found.rest).items())
    again = sys.modules["retrain_probes.labelled_set"].split_in_two(
        coloured, rest_share=0.4, most_rest=25, most_pool=40, seed=1
    )
    assert set(again.rest) != set(found.rest)
    fewer = sys.modules["retrain_probes.labelled_set"].split_in_two(
        coloured, rest_share=0.4, most_rest=25, most_pool=40, seed=0, classes=2
    )
    assert len(set(fewer.pool.values())) == len(set(fewer.rest.values())) == 2


def test_the_table_says_what_was_wanted_and_whether_it_was_met() -> None:
    registry.find("retrain")
    module = sys.modules["vimd_benchmarks.retrain"]

    def step(owner: str, labels: int, top1: float, wall_s: float = 10.0) -> object:
        error = 0.05 if owner == "queue" else 0.07
        return module.Step(owner, labels, 0, 5, top1, 0.5, error, 0.2, 0.3, wall_s, wall_s, 1.0)

    rows = module.rows_of(
        [
            step("random", 50, 0.2),
            step("random", 200, 0.4, wall_s=400.0),
            step("queue", 50, 0.35),
            step("queue", 200, 0.39),
        ],
        0.01,
    )
    met = {row.name: row.met for row in rows if row.met is not None}
    assert met == {
        "50 labels, random (5 classes), top-1": False,
        "50 labels, queue (5 classes), top-1": True,
        "200 labels, random (5 classes), top-1": True,
        "200 labels, random, calibration error": False,
        "200 labels, random, retraining": False,
        "200 labels, queue (5 classes), top-1": True,
        "200 labels, queue, calibration error": True,
        "200 labels, queue, retraining": True,
        "200 labels over 50, random": True,
        "200 labels over 50, queue": False,
        "50 labels, queue over random": True,
        "200 labels, queue over random": False,
    }
    assert rows[0].value == 1.0


def test_what_is_missing_is_said(tmp_path: Path, coloured: Path) -> None:
    with pytest.raises(ConfigError, match="no model"):
        registry.find("retrain")(["--data", str(coloured), "--start", str(tmp_path / "none")])
