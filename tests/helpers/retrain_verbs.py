"""Projects with captures that can really be learnt from, and what the tests of retraining do with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from app.domain.records import ModelRecord, NewCapture
from app.retraining.choice import RetrainRequest
from app.storage.project import Project
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.checkpoints.identity import model_id
from vimd_core.data.files.measuring import measure_file
from vimd_core.training.retraining.effort import Effort

COLOURS: Mapping[str, tuple[int, int, int]] = {
    "Stop": (200, 40, 40),
    "Give way": (40, 160, 60),
    "Blue thing": (50, 60, 200),
}
QUICK = RetrainRequest(
    effort=Effort.QUICK,
    device="cpu",
    threads=1,
    changes={
        "epochs": 12,
        "epoch_images": 0,
        "batch_size": 8,
        "learning_rate": 5e-3,
        "ema_decay": 0.5,
        "augmentation.cutmix_probability": 0.0,
    },
)


def add_coloured_captures(
    project: Project, folder: Path, per_class: int = 10, *, frame: int = 0
) -> dict[str, list[int]]:
    """Captures told by their colour; the third class is one that the model does not know. Ids by class.

    With a number of a frame they are named as frames of tracks, those of equal numbers in their class of one thing.
    """
    folder.mkdir(exist_ok=True)
    generator = np.random.default_rng(frame)
    ids: dict[str, list[int]] = {}
    for name, colour in COLOURS.items():
        found = []
        for number in range(per_class):
            noise = generator.normal(0, 25, (20, 20, 3))
            path = folder / (f"{name} {number}_{frame}.png" if frame else f"{name} {number}.png")
            Image.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)).save(path)
            file = measure_file(path)
            found.append(NewCapture(path, file.content_hash, file.file_size_bytes, file.modified_ns, 20, 20))

        def add(unit, found=found):  # type: ignore[no-untyped-def]
            source = unit.captures.add_source(folder, is_folder=True)
            return unit.captures.add(source, found).ids

        ids[name] = list(project.write(add).result())
    return ids


def activate_bundle(project: Project, bundle: Path) -> ModelRecord:
    info = read_bundle_info(bundle)
    return project.write(
        lambda unit: unit.models.activate_file(model_id(bundle), info.name, bundle, info.classes)
    ).result()


def label_all(project: Project, ids: Mapping[str, list[int]]) -> None:
    def work(unit):  # type: ignore[no-untyped-def]
        class_ids = unit.catalogue.ensure_classes(list(ids))
        for name, captures in ids.items():
            unit.labels.label(captures, class_ids[name], "ada")

    project.write(work).result()


def labelled_project(folder: Path, bundle: Path) -> Path:
    """A closed project with 30 verified captures of three classes, one of them new to its model."""
    project = Project.open(folder)
    try:
        ids = add_coloured_captures(project, folder.parent / "captures")
        activate_bundle(project, bundle)
        label_all(project, ids)
    finally:
        project.close()
    return folder
