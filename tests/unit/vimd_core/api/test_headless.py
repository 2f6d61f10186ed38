"""The library alone, on a machine without Qt and without a database: predict, evaluate and retrain."""

from __future__ import annotations

from pathlib import Path

from missing_libraries import DATABASE, WINDOW, run_without
from tiny_trainings import write_class_folders

import vimd_core as vimd

_PROGRAM = """
import sys
import numpy as np
import vimd_core as vimd

bundle, data = sys.argv[1:]
model = vimd.load(bundle, device="cpu")
images = [np.full((12, 12, 3), value, np.uint8) for value in (10, 20, 30, 40, 200, 210, 220, 230)]
labels = ["Stop"] * 4 + ["Yield"] * 4
print(len(model.predict(images)), vimd.evaluate(model, images, labels).n)
better = vimd.retrain(model, images, labels, effort="quick", device="cpu", threads=1,
                      settings={"epochs": 1, "epoch_images": 0})
print(better.comparison.n)
made = vimd.distill(data, data + "/../run", init=bundle, device="cpu", threads=1,
                    settings={"preset": "init", "training.epochs": 1, "training.batch_size": 6})
print(made.classes)
from vimd_core.cli import main
sys.exit(main(["classify", "--model", bundle, data, "--recursive", "--quiet", "--output", data + "/../out.csv"]))
"""


def test_everything_but_window_and_projects_works(model: vimd.Model, tmp_path: Path) -> None:
    data = write_class_folders(tmp_path / "data")
    ended = run_without((*WINDOW, *DATABASE), _PROGRAM, model.path, data)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == ["8 8", "2", "('00', '01', '02')"]
    assert len((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()) == 28


def test_the_diagnosis_takes_no_offence_at_what_an_extra_installs() -> None:
    program = """
import importlib.metadata, sys
installed = importlib.metadata.version
def version(name):
    if name in ("PySide6-Essentials", "SQLAlchemy", "alembic"):
        raise importlib.metadata.PackageNotFoundError(name)
    return installed(name)
importlib.metadata.version = version
from vimd_core.diagnostics import diagnose
for one in diagnose():
    if "extra" in one.value:
        print(one.name, one.value, one.problem)
"""
    told = run_without((*WINDOW, *DATABASE), program).stdout.splitlines()
    assert "PySide6-Essentials not installed (optional: extra app) False" in told
    assert "SQLAlchemy not installed (optional: extra projects) False" in told
