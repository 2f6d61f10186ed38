"""Starting a training from another model, with other classes or for another image size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from vimd_core.checkpoints.bundle import load_bundle
from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.checkpoints.published import resize_positions
from vimd_core.checkpoints.safetensors_header import read_header
from vimd_core.checkpoints.weight_kinds import BUNDLE_FORMAT
from vimd_core.config import SuperResolutionConfig, VisionMambaConfig, size_text
from vimd_core.data.classes.class_identity import class_key
from vimd_core.errors import CheckpointError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.training.initialisation.classifier_file import load_classifier
from vimd_core.user_messages import Sentence, sentence

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
        wanted = set(map(class_key, names))
        same = [i for i, known in enumerate(self.class_names) if wanted & set(map(class_key, known))]
        exact = (i for i in same if self.class_names[i] & set(names))
        return next(exact, next(iter(same), None))


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


def outputs_by_name(start: StartingPoint, classes: Sequence[Sequence[str]]) -> tuple[tuple[int, ...], ...]:
    """Which output of an earlier head each class is; none where that does not know it.

    Args:
        start: the earlier model.
        classes: for each class all names that it goes by.
    """
    found = [start.output_of(names) for names in classes]
    return tuple(() if output is None else (output,) for output in found)


def initialise_classifier(
    model: VisionMamba, start: StartingPoint, outputs: Sequence[Sequence[int]]
) -> list[Sentence]:
    """Give a new classifier another one's weights.

    Position embeddings are interpolated where the grid of tokens differs. The head's rows are carried over, those of
    several outputs that are one class now by their mean; rows of new classes keep their random start.

    Args:
        model: is changed.
        start: where the weights come from.
        outputs: for each class of the new classifier the outputs of the old one that meant it.

    Returns:
        A sentence about each change.

    Raises:
        CheckpointError: the networks differ in more than classes and image size.
    """
    _require_same_build(model.config, start)
    notices: list[Sentence] = []
    fresh = model.state_dict()
    weights = {
        name: value.float() if value.is_floating_point() else value
        for name, value in start.classifier_weights.items()
    }
    if start.classifier.grid_shape != model.config.grid_shape:
        weights[_POSITIONS] = resize_positions(
            weights[_POSITIONS], model.config, start.path, start.classifier.grid_shape
        )
        notices.append(
            sentence(
                "Position embeddings of {before} patches were interpolated to {after}.",
                before=size_text(start.classifier.grid_shape),
                after=size_text(model.config.grid_shape),
            )
        )
    known = [(new, list(old)) for new, old in enumerate(outputs) if old]
    _require_outputs(outputs, start)
    for name in _HEAD:
        head = fresh[name].clone()
        for new, old in known:
            head[new] = weights[name][old].mean(dim=0)
        weights[name] = head
    if len(known) < len(outputs):
        notices.append(
            sentence(
                "{model} knows {known} of {count} classes; the others start from scratch.",
                known=len(known),
                count=len(outputs),
                model=start.path.name,
            )
        )
    try:
        model.load_state_dict(weights)
    except RuntimeError as e:
        raise CheckpointError(
            "{path} does not fit this network: use the preset it was made with.", path=start.path
        ) from e
    return notices


def initialise_super_resolution(model: SrvmNet, start: StartingPoint) -> None:
    """Give a new student another one's super-resolution network.

    Raises:
        CheckpointError: there is none, or it is another one.
    """
    if start.super_resolution_weights is None:
        raise CheckpointError(
            "{path} is a classifier alone: add --srresnet with a super-resolution network.", path=start.path
        )
    if start.super_resolution != model.config.super_resolution:
        raise CheckpointError(
            "The super-resolution network of {path} has an incompatible architecture: use the preset "
            "it was created with, or add --srresnet.",
            path=start.path,
        )
    model.super_resolution.load_state_dict(dict(start.super_resolution_weights))


def previous_answers(logits: Tensor, outputs: Sequence[Sequence[int]]) -> Tensor | None:
    """Logits of an earlier model in the order of the new classes.

    Args:
        logits: (N, K') of it.
        outputs: for each of the K new classes the outputs of the earlier model that meant it.

    Returns:
        (N, K), far below all others for classes that it does not know; None when it knows none. Where several outputs
        are one class now, their probabilities add up.
    """
    if not any(outputs):
        return None
    unknown = torch.full((len(logits),), -1e4)
    return torch.stack(
        [torch.logsumexp(logits[:, list(old)], dim=1) if old else unknown for old in outputs], dim=1
    )


def _require_outputs(outputs: Sequence[Sequence[int]], start: StartingPoint) -> None:
    """What a list of classes speaks of must be there."""
    most = max((output for old in outputs for output in old), default=-1)
    if most >= start.classifier.num_classes:
        raise CheckpointError(
            "The class list names output {most}, but {path} has {num_classes} outputs: it belongs to "
            "another model.",
            most=most,
            path=start.path,
            num_classes=start.classifier.num_classes,
        )


def _require_same_build(config: VisionMambaConfig, start: StartingPoint) -> None:
    """Everything but classes and grid must agree."""
    alike = replace(start.classifier, num_classes=config.num_classes, image_size_px=config.image_size_px)
    if config.stem == "patch" and start.classifier.stem == "patch":
        # A patch embedding reads any stride: only the number of tokens changes.
        alike = replace(alike, stride_px=config.stride_px)
    if alike != config:
        raise CheckpointError(
            "The classifier in {path} has an incompatible architecture: use the preset that it was "
            "created with.",
            path=start.path,
        )
