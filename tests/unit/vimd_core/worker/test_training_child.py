"""The training process: it speaks through its folder alone, and whatever ends it leaves something to go on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.data.classes.class_list import ListedClass, write_class_list
from vimd_core.evaluation.measured import measure_captures
from vimd_core.inference.calibration import CALIBRATION, fit_temperature, rescale
from vimd_core.inference.predictor import Predictor
from vimd_core.processes.child_process import ATTACHED, EXIT_PARENT_GONE
from vimd_core.processes.locks import is_locked
from vimd_core.training.recipes.settings import to_toml
from vimd_core.training.retraining.comparing import compare_on_held_back
from vimd_core.training.runs import files as files
from vimd_core.training.runs.files import Outcome, TrainingPlan, read_outcome
from vimd_core.worker import training
from vimd_core.worker.training import train_in_folder

COLOURS = {"Stop": (200, 40, 40), "Give way": (40, 160, 60), "New": (50, 60, 200)}
CLASSES = (
    ListedClass("Stop", (0,)),
    ListedClass("Give way", (1, 3)),
    ListedClass("No entry", (2,)),
    ListedClass("New"),
)


def write_run(folder: Path, bundle: Path, *, epochs: int = 3, plan: TrainingPlan | None = None) -> Path:
    """A run as the window writes it: 3 classes with captures, one without, two that were merged."""
    folder.mkdir()
    generator = np.random.default_rng(0)
    rows, held = [], []
    for label, colour in COLOURS.items():
        for number in range(10):
            noise = generator.normal(0, 25, (20, 20, 3))
            path = folder / f"{label} {number}.png"
            Image.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)).save(path)
            if number < 2:
                place = [one.name for one in CLASSES].index(label)
                old = (*CLASSES[place].outputs, -1)[0]
                right = {"label": place, "baseline_label": old, "group": str(path)}
                held.append({"key": len(held) + 1, "path": str(path), **right})
            else:
                split = "validation" if number == 2 else "train"
                rows.append({"path": str(path), "label": label, "split": split})
    for name, lines in (("manifest.jsonl", rows), ("held_back.jsonl", held)):
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
    write_class_list(folder / "classes.json", CLASSES)
    recipe = {
        "command": "distill",
        "preset": "init",
        "init": str(bundle),
        "data": str(folder / "manifest.jsonl"),
        "class_list": str(folder / "classes.json"),
        "temperature": 1.0,
        "training": {"epochs": epochs, "batch_size": 8, "learning_rate": 3e-3, "ema_decay": 0.8},
    }
    (folder / files.RECIPE).write_text(to_toml(recipe))
    held_back = str(folder / "held_back.jsonl")
    (plan or TrainingPlan(device="cpu", threads=1, baseline=str(bundle), held_back=held_back)).write(folder)
    return folder


def add_near_views(folder: Path) -> None:
    """Half of the captures get a large picture of the same thing, and the head is fitted first."""
    lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    for line in lines[::2]:
        line["hr"] = str(Path(line["path"]).with_suffix(".near.png"))
        Image.open(line["path"]).resize((64, 64)).save(line["hr"])
    (folder / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with (folder / files.RECIPE).open("a") as recipe:  # its last table is that of the training
        recipe.write("fit_head = true\nenlarge_once = true\n")


def start(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "vimd_core.worker", "train", str(folder)])


def events(folder: Path) -> list[dict[str, Any]]:
    path = folder / files.EVENTS
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def wait_for(condition: Callable[[], object], child: subprocess.Popen[bytes]) -> None:
    while not condition():
        assert child.poll() is None, "the child has ended"
        time.sleep(0.02)


def has_stepped(folder: Path) -> bool:
    return any(event.get("step", 0) > 0 for event in events(folder))


def test_a_run_ends_with_a_model_of_the_listed_classes_and_a_comparison(
    tmp_path: Path, tiny_bundle: Path
) -> None:
    folder = write_run(tmp_path / "run", tiny_bundle)
    assert start(folder).wait(timeout=240) == 0
    assert read_outcome(folder) == Outcome("finished")
    assert not is_locked(folder / files.LOCK)
    info = read_bundle_info(folder / files.RESULT)
    assert info.classes == ("Stop", "Give way", "No entry", "New")
    assert info.config.classifier.embed_dim == read_bundle_info(tiny_bundle).config.classifier.embed_dim
    comparison = json.loads((folder / files.COMPARISON).read_text())
    assert [answer[0] for answer in comparison["answers"]] == [1, 2, 3, 4, 5, 6]
    assert all(0 <= old[0] < 8 and 0 <= new[0] < 4 for _, old, new in comparison["answers"])
    assert comparison["candidate"]["milliseconds"] > 0
    # Six that were held back for the gate, three for the choice of the epoch.
    assert info.training[CALIBRATION] == {"captures": 9, "before": 1.0, "held_back": True}
    assert [event["epoch"] for event in events(folder) if event.get("event") == "epoch"] == [1, 2, 3]


def test_a_model_is_calibrated_and_the_gate_is_not_flattered_by_it(tmp_path: Path, tiny_bundle: Path) -> None:
    """Trained with much smoothing it is far less sure than it is right; all of what was held back is right."""
    folder = write_run(tmp_path / "run", tiny_bundle, epochs=25)
    with (folder / files.RECIPE).open("a") as recipe:
        recipe.write("[training.losses]\nlabel_smoothing = 0.5\n")
    assert start(folder).wait(timeout=240) == 0
    predictor = Predictor.load(folder / files.RESULT, device="cpu")
    temperature = predictor.info.temperature
    assert temperature < 0.9
    rows = [json.loads(line) for line in (folder / "held_back.jsonl").read_text().splitlines()]
    checked = [
        {
            "path": row["path"],
            "label": [one.name for one in CLASSES].index(row["label"]),
            "group": row["path"],
        }
        for row in map(json.loads, (folder / "manifest.jsonl").read_text().splitlines())
        if row["split"] == "validation"
    ]
    measured = measure_captures(predictor, [(Path(row["path"]), row["label"]) for row in rows + checked])
    plain = rescale(measured.probabilities, 1 / temperature)
    groups = [row["group"] for row in rows + checked]
    found = fit_temperature(np.log(plain), measured.labels, before=1.0, groups=groups)
    assert found.value == pytest.approx(temperature, rel=1e-3)
    answers = json.loads((folder / files.COMPARISON).read_text())["answers"]
    told = [new[1] for _, _, new in answers]
    assert told == pytest.approx(rescale(plain, found.left_out).max(axis=1)[: len(rows)], rel=1e-3)
    assert told != pytest.approx(measured.confidence[: len(rows)], rel=1e-3)
    # Compared with itself, as a model that was retrained before is with the next one, it is told the same way.
    plan = TrainingPlan(
        device="cpu", baseline=str(folder / files.RESULT), held_back=str(folder / "held_back.jsonl")
    )
    for row in rows:
        row["baseline_label"] = row["label"]
    (folder / "held_back.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    compare_on_held_back(folder, plan, lambda done, total: None)
    both = json.loads((folder / files.COMPARISON).read_text())["answers"]
    assert [old[0] for _, old, _ in both] == [new[0] for _, _, new in both]
    assert [old[1] for _, old, _ in both] != pytest.approx(measured.confidence[: len(rows)], rel=1e-3)


def test_a_file_stops_it_and_a_killed_one_goes_on(tmp_path: Path, tiny_bundle: Path) -> None:
    folder = write_run(tmp_path / "run", tiny_bundle, epochs=400)
    child = start(folder)
    wait_for(lambda: has_stepped(folder), child)
    assert is_locked(folder / files.LOCK)
    assert start(folder).wait(timeout=240) == 2  # one is enough
    (folder / files.STOP).touch()
    assert child.wait(timeout=240) == 0
    assert read_outcome(folder) == Outcome("stopped")
    (folder / files.STOP).unlink()
    stopped_at = max(event["step"] for event in events(folder) if "step" in event)
    child = start(folder)
    wait_for(lambda: max(event.get("step", 0) for event in events(folder)) > stopped_at, child)
    assert any("Resumed after" in event.get("message", "") for event in events(folder))
    child.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
    child.wait(timeout=240)
    assert read_outcome(folder) is None and not is_locked(folder / files.LOCK)


def test_a_model_teaches_itself_by_what_it_says_of_near_views(tmp_path: Path, tiny_bundle: Path) -> None:
    weights = []
    for name in ("whole", "stopped"):
        folder = write_run(tmp_path / name, tiny_bundle, epochs=12)
        add_near_views(folder)
        child = start(folder)
        if name == "stopped":
            wait_for(lambda at=folder: any(event.get("event") == "epoch" for event in events(at)), child)
            (folder / files.STOP).touch()
            assert child.wait(timeout=240) == 0
            assert read_outcome(folder) == Outcome("stopped")
            (folder / files.STOP).unlink()
            child = start(folder)
        assert child.wait(timeout=240) == 0
        losses = [event["losses"] for event in events(folder) if event.get("event") == "epoch"]
        assert losses and all(terms["near_kl"] > 0 for terms in losses)
        weights.append(load_file(folder / files.RESULT))
    assert all(torch.equal(weight, weights[1][key]) for key, weight in weights[0].items())


def test_what_can_not_be_trained_is_said(tmp_path: Path, tiny_bundle: Path) -> None:
    folder = write_run(tmp_path / "run", tiny_bundle)
    (folder / "manifest.jsonl").write_text("")
    assert start(folder).wait(timeout=240) == 1
    outcome = read_outcome(folder)
    assert outcome is not None and outcome.kind == "failed" and "lists no captures" in str(outcome.reason)


def test_without_memory_the_batch_is_computed_in_more_parts(
    tmp_path: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vimd_core.training.loop.step import Stepper

    folder = write_run(tmp_path / "run", tiny_bundle, epochs=1)
    collect = Stepper._collect_gradients

    def scarce(self: Stepper[Any], batch: Any) -> Any:
        if self._task.accumulation < 4:
            raise MemoryError
        return collect(self, batch)

    monkeypatch.setattr(Stepper, "_collect_gradients", scarce)
    monkeypatch.setattr(training, "yield_to_windows", lambda: None)
    handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        assert train_in_folder(folder) == 0
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), handlers, strict=True):
            signal.signal(number, handler)
    said = [event["message"] for event in events(folder) if event.get("event") == "notice"]
    assert [sentence for sentence in said if "memory" in sentence] == [
        f"Not enough memory: each batch is now processed in {parts} parts." for parts in (2, 4)
    ]
    assert read_outcome(folder) == Outcome("finished")


def test_one_that_is_attached_ends_with_its_parent(tmp_path: Path, tiny_bundle: Path) -> None:
    plan = TrainingPlan(device="cpu", threads=1, measure_s=3600.0)
    folder = write_run(tmp_path / "run", tiny_bundle, epochs=100_000, plan=plan)
    command = [sys.executable, "-m", "vimd_core.worker", "train", str(folder), ATTACHED]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        wait_for(lambda: is_locked(folder / files.LOCK), child)
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(timeout=60) == EXIT_PARENT_GONE
    assert not is_locked(folder / files.LOCK) and read_outcome(folder) is None


def test_a_measurement_ends_by_itself(tmp_path: Path, tiny_bundle: Path) -> None:
    plan = TrainingPlan(device="cpu", threads=1, measure_s=0.5)
    folder = write_run(tmp_path / "run", tiny_bundle, epochs=100_000, plan=plan)
    assert start(folder).wait(timeout=240) == 0
    assert read_outcome(folder) == Outcome("stopped")
    assert max(event.get("samples_per_s", 0) for event in events(folder)) > 0
