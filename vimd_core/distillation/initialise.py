"""Starting a training from another model, with other classes or for another image size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from vimd_core.checkpoints.bundle import load_bundle
from vimd_core.checkpoints.bundle_info import BUNDLE_FORMAT, BundleInfo
from vimd_core.checkpoints.published import resize_positions
from vimd_core.checkpoints.safetensors_header import read_header
from vimd_core.config import SuperResolutionConfig, VisionMambaConfig
from vimd_core.distillation.classifier_file import load_classifier
from vimd_core.errors import CheckpointError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.vision_mamba import VisionMamba

_POSITIONS = "pos_embed"
_HEAD = ("head.weight", "head.bias")


@dataclass(frozen=True)
class StartingPoint:
    """A model to start from.

    Attributes:
        path: its file.
        classifier: sizes of its classifier.
        classifier_weights: by the classifier's own key names.
        class_names: for each output of the head all names that it goes by.
        super_resolution: the other network, when the file is a whole model.
        super_resolution_weights: by that network's own key names.
        model: the whole model, ready to answer, and its description; None for a classifier alone.
    """

    path: Path
    classifier: VisionMambaConfig
    classifier_weights: Mapping[str, Tensor]
    class_names: tuple[frozenset[str], ...]
    super_resolution: SuperResolutionConfig | None = None
    super_resolution_weights: Mapping[str, Tensor] | None = None
    model: tuple[SrvmNet, BundleInfo] | None = None

    def output_of(self, names: Sequence[str]) -> int | None:
        """The output of its head for a class that goes by any of some names, or None."""
        return next((i for i, known in enumerate(self.class_names) if known & set(names)), None)


def load_starting_point(path: Path) -> StartingPoint:
    """Read a model bundle, or a classifier of `vimd pretrain` or `vimd train-teacher`.

    Raises:
        CheckpointError: it is neither, or damaged.
    """
    if read_header(path).metadata.get("format") != BUNDLE_FORMAT:
        content = load_classifier(path)
        names = tuple(frozenset({name}) for name in content.classes)
        return StartingPoint(path, content.config.classifier, content.weights, names)
    model, info = load_bundle(path)
    folders = info.class_folders or info.classes
    return StartingPoint(
        path,
        info.config.classifier,
        model.classifier.state_dict(),
        tuple(frozenset(pair) for pair in zip(info.classes, folders, strict=True)),
        info.config.super_resolution,
        model.super_resolution.state_dict(),
        (model, info),
    )


def initialise_classifier(
    model: VisionMamba, start: StartingPoint, classes: Sequence[Sequence[str]]
) -> list[str]:
    """Give a new classifier another one's weights.

    Position embeddings are interpolated where the grid of tokens differs. The head's rows are carried over by the
    names of the classes; rows of new classes keep their random start.

    Args:
        model: is changed.
        start: where the weights come from.
        classes: for each class of the new classifier all names that it goes by.

    Returns:
        A sentence about each change.

    Raises:
        CheckpointError: the networks differ in more than classes and image size.
    """
    _require_same_build(model.config, start)
    notices: list[str] = []
    fresh = model.state_dict()
    weights = {
        name: value.float() if value.is_floating_point() else value
        for name, value in start.classifier_weights.items()
    }
    if start.classifier.grid_size != model.config.grid_size:
        weights[_POSITIONS] = resize_positions(weights[_POSITIONS], model.config, start.path)
        notices.append(
            f"Position embeddings of {start.classifier.grid_size} x {start.classifier.grid_size} patches were "
            f"interpolated to {model.config.grid_size} x {model.config.grid_size}."
        )
    outputs = [start.output_of(names) for names in classes]
    known = [(new, old) for new, old in enumerate(outputs) if old is not None]
    for name in _HEAD:
        head = fresh[name].clone()
        for new, old in known:
            head[new] = weights[name][old]
        weights[name] = head
    if len(known) < len(classes):
        notices.append(
            f"{len(known)} of {len(classes)} classes are known to {start.path.name}; the others start anew."
        )
    try:
        model.load_state_dict(weights)
    except RuntimeError as e:
        raise CheckpointError(
            f"{start.path} does not fit this network: use the preset it was made with."
        ) from e
    return notices


def initialise_super_resolution(model: SrvmNet, start: StartingPoint) -> None:
    """Give a new student another one's super-resolution network.

    Raises:
        CheckpointError: there is none, or it is another one.
    """
    if start.super_resolution_weights is None:
        raise CheckpointError(
            f"{start.path} is a classifier alone: add --srresnet with a super-resolution network."
        )
    if start.super_resolution != model.config.super_resolution:
        raise CheckpointError(
            f"The super-resolution network of {start.path} is of another build: use the preset it was made with, "
            "or add --srresnet."
        )
    model.super_resolution.load_state_dict(dict(start.super_resolution_weights))


def previous_answers(start: StartingPoint, logits: Tensor, classes: Sequence[Sequence[str]]) -> Tensor | None:
    """Logits of an earlier model in the order of the new classes.

    Args:
        start: the earlier model.
        logits: (N, K') of it.
        classes: for each of the K new classes all names that it goes by.

    Returns:
        (N, K), far below all others for classes that it does not know; None when it knows none.
    """
    outputs = [start.output_of(names) for names in classes]
    if all(output is None for output in outputs):
        return None
    unknown = torch.full((len(logits),), -1e4)
    return torch.stack([unknown if old is None else logits[:, old] for old in outputs], dim=1)


def _require_same_build(config: VisionMambaConfig, start: StartingPoint) -> None:
    """Everything but classes and grid must agree."""
    alike = replace(start.classifier, num_classes=config.num_classes, image_size_px=config.image_size_px)
    if config.stem == "patch" and start.classifier.stem == "patch":
        # A patch embedding reads any stride: only the number of tokens changes.
        alike = replace(alike, stride_px=config.stride_px)
    if alike != config:
        raise CheckpointError(
            f"The classifier in {start.path} is of another build: use the preset that it was made with."
        )
