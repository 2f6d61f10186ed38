"""A classifier alone with its description, as `vimd train-teacher` and `vimd pretrain` write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor

from vimd_core.checkpoints.weight_kinds import WeightsKind, require_kind
from vimd_core.config import SrvmNetConfig
from vimd_core.errors import CheckpointError, ConfigError
from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.training.runs.folder import RunFolder


@dataclass(frozen=True)
class ClassifierFile:
    """What such a file holds.

    Attributes:
        config: the networks of its preset; the file has the classifier's weights.
        classes: names of the class folders, in the order of the head's outputs.
        weights: by the classifier's own key names.
    """

    config: SrvmNetConfig
    classes: tuple[str, ...]
    weights: Mapping[str, Tensor]


def save_classifier(run: RunFolder, name: str, content: ClassifierFile, training: Mapping[str, Any]) -> Path:
    """Write a classifier into a run's folder.

    Args:
        run: the folder.
        name: of the file.
        content: what to write.
        training: how it was trained, JSON-ready.

    Raises:
        CheckpointError: it can't be written.
    """
    return run.save_weights(
        name,
        dict(content.weights),
        {
            "config": json.dumps(content.config.to_dict()),
            "classes": json.dumps(list(content.classes), ensure_ascii=False),
            "training": json.dumps(dict(training), ensure_ascii=False),
        },
    )


def load_classifier(path: Path) -> ClassifierFile:
    """Read a classifier.

    Raises:
        CheckpointError: the file is missing, damaged or of another kind.
    """
    require_kind(path, WeightsKind.CLASSIFIER)
    try:
        with safe_open(path, framework="pt") as file:
            metadata: dict[str, str] = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        config = SrvmNetConfig.from_dict(json.loads(metadata["config"]))
        classes = tuple(str(name) for name in json.loads(metadata["classes"]))
    except (OSError, SafetensorError, KeyError, ValueError, TypeError, ConfigError) as e:
        raise CheckpointError(
            "{path} is no teacher ({reason}): give the result of `vimd train-teacher` or `vimd pretrain`.",
            path=path,
            reason=e,
        ) from e
    return ClassifierFile(config, classes, weights)


def load_teacher(path: Path, network: SrvmNetConfig, classes: tuple[str, ...]) -> VisionMamba:
    """A classifier that shall teach a student.

    Args:
        path: its file.
        network: the student.
        classes: the student's class folders.

    Raises:
        CheckpointError: it can't be read, or it is of another size or for other classes.
    """
    content = load_classifier(path)
    if content.classes != classes:
        raise CheckpointError(
            "The teacher {path} was trained on other classes than the folders of this data.", path=path
        )
    if content.config.classifier != network.classifier:
        raise CheckpointError(
            "The teacher {path} is of another size: train it with --preset {preset}.",
            path=path,
            preset=network.preset,
        )
    teacher = VisionMamba(content.config.classifier)
    try:
        teacher.load_state_dict(content.weights)
    except RuntimeError as e:
        raise CheckpointError("The teacher {path} is damaged: train it again.", path=path) from e
    return teacher
