"""Trainings of a few seconds on images told by their colour: the real loop on real files, but small."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from bundles import tiny_config
from PIL import Image

from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.training.augmentation.augment import AugmentationConfig
from vimd_core.training.batches.batch import Batch
from vimd_core.training.batches.mixture import StreamSampler
from vimd_core.training.batches.training_data import load_training_data
from vimd_core.training.classifier_task import classifier_task
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.run_loop import Trainer, TrainingResult
from vimd_core.training.losses.objectives import TeacherObjective
from vimd_core.training.recipes.training_config import TrainingConfig
from vimd_core.training.runs.folder import RunFolder

COLOURS = ((200, 40, 40), (40, 160, 60), (50, 60, 200))


def write_class_folders(folder: Path, *, groups: int = 3, per_group: int = 3, size_px: int = 20) -> Path:
    """Three classes told by colour, with noise; names are GROUP_FRAME.png."""
    generator = np.random.default_rng(0)
    for index, colour in enumerate(COLOURS):
        (folder / f"{index:02d}").mkdir(parents=True)
        for group in range(groups):
            for frame in range(per_group):
                noise = generator.normal(0, 25, (size_px, size_px, 3))
                pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(folder / f"{index:02d}" / f"{group:05d}_{frame:05d}.png")
    return folder


def quick_config(**changes: object) -> TrainingConfig:
    plain = AugmentationConfig(rotation_degrees=0, scale=0, shear=0, shift=0.05, erase_probability=0)
    config = TrainingConfig(
        epochs=6,
        batch_size=6,
        learning_rate=5e-3,
        precision="float32",
        drop_path=0.0,
        ema_decay=0.8,
        validation_fraction=0.3,
        augmentation=replace(plain, brightness=0.1, contrast=0.1, saturation=0.1),
    )
    return replace(config, **changes)  # type: ignore[arg-type]


def teacher_trainer(
    captures: Path, config: TrainingConfig, folder: Path | RunFolder, place: ComputePlace | None = None
) -> Trainer[Batch]:
    torch.manual_seed(config.seed)
    data = load_training_data(
        captures, 32, validation_fraction=config.validation_fraction, seed=config.seed, threads=1
    )
    # Two layers, since the first one is never dropped.
    model = VisionMamba(replace(tiny_config().classifier, depth=2), drop_path=config.drop_path)
    # With so few tokens as quick as the compiled one, and without its start.
    model.set_scan_backend("reference")
    sampler = StreamSampler(
        data.training,
        batch_size=config.batch_size,
        seed=config.seed,
        augmentation=config.augmentation,
        streams=config.streams,
        class_balance=config.class_balance,
    )
    objective = TeacherObjective(model, config.losses)
    run = folder if isinstance(folder, RunFolder) else RunFolder(folder)
    task = classifier_task(
        objective,
        sampler,
        config,
        place,
        steps_per_epoch=sampler.steps_per_epoch,
        training=data.training,
        validation=data.validation,
    )
    return Trainer(task, run, place)


def train_teacher(
    captures: Path, config: TrainingConfig, folder: Path, *, resume: bool = False
) -> TrainingResult:
    return teacher_trainer(captures, config, folder).run(lambda event: None, resume=resume)


def same_weights(one: TrainingResult, other: TrainingResult) -> bool:
    return one.weights.keys() == other.weights.keys() and all(
        torch.equal(value, other.weights[name]) for name, value in one.weights.items()
    )


def child_environment() -> dict[str, str]:
    """For a child process that imports the helpers of tests, and computes with one thread."""
    here = Path(__file__).parent
    paths = [str(here), str(here.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
