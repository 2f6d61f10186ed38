"""Imports published weights of Vision Mamba and SRResNet into a model bundle.

Sizes: L tokens with the class token, M embed_dim, G and F rows and columns of tokens.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from vimd_core.checkpoints.bundle_info import NO_NORMALISATION, BundleInfo
from vimd_core.checkpoints.class_name_file import ClassNames
from vimd_core.checkpoints.published_files import read_state_dict
from vimd_core.config import SrvmNetConfig, VisionMambaConfig
from vimd_core.data.files.hashing import sha256
from vimd_core.errors import CheckpointError
from vimd_core.models.srvm_net import SrvmNet

InputNormalisation = Literal["none", "imagenet"]

IMAGENET_MEAN: Final = (0.485, 0.456, 0.406)
IMAGENET_STD: Final = (0.229, 0.224, 0.225)
_HEAD: Final = ("head.weight", "head.bias")
_POSITIONS: Final = "pos_embed"
_STEM: Final = ("patch_embed.proj.weight", "patch_embed.proj.bias")


@dataclass(frozen=True)
class ImportedModel:
    """A model made of published weights.

    Attributes:
        model: the networks, in eval mode.
        info: their description.
        notices: sentences about what had to be changed.
        is_half_precision: whether the published matrices were all in a 16-bit format, so that nothing more is lost by
            storing them so.
    """

    model: SrvmNet
    info: BundleInfo
    notices: tuple[str, ...]
    is_half_precision: bool


def import_published(
    *,
    vision_mamba: Path,
    srresnet: Path,
    classes: ClassNames,
    config: SrvmNetConfig,
    name: str,
    input_normalisation: InputNormalisation = "none",
) -> ImportedModel:
    """Put a published classifier and a published super-resolution network together.

    Args:
        vision_mamba: weights of the classifier.
        srresnet: weights of the super-resolution network.
        classes: names of the classes.
        config: the networks that the weights shall fill; its number of classes is not read.
        name: what people shall call the model.
        input_normalisation: "imagenet" when the classifier was trained on pixels with ImageNet's mean and
            standard deviation taken out, as the published ImageNet weights were, and not fine-tuned
            since. It is folded into the first convolution, so that the network reads plain [0, 1] pixels.

    Raises:
        CheckpointError: a file is unsafe or damaged, or its weights do not fit the networks.
    """
    config = config.with_num_classes(len(classes.names))
    model = SrvmNet(config)
    published, published_sr = read_state_dict(vision_mamba), read_state_dict(srresnet)
    fitted, notices = fit_vision_mamba(
        published, model.classifier.state_dict(), config.classifier, vision_mamba
    )
    normalisation = dict(NO_NORMALISATION)
    if input_normalisation == "imagenet":
        fitted = fold_normalisation(fitted, IMAGENET_MEAN, IMAGENET_STD)
        notices.append("ImageNet's mean and standard deviation were folded into the first convolution.")
        normalisation["folded_into_weights"] = {"mean": list(IMAGENET_MEAN), "std": list(IMAGENET_STD)}
    _load(model.classifier, fitted, vision_mamba)
    _load(model.super_resolution, published_sr, srresnet)
    sources = {
        part: {"file": path.name, "sha256": sha256(path)}
        for part, path in (("vision_mamba", vision_mamba), ("srresnet", srresnet))
    }
    info = BundleInfo(
        config=config,
        classes=classes.names,
        class_folders=classes.folders,
        name=name,
        normalisation=normalisation,
        training={"imported_from": sources, "notices": list(notices)},
        license="as published with the imported weights",
    )
    is_half = all(
        value.element_size() <= 2
        for state in (published, published_sr)
        for value in state.values()
        if value.is_floating_point() and value.dim() >= 2
    )
    return ImportedModel(model.eval(), info, tuple(notices), is_half)


def fit_vision_mamba(
    published: Mapping[str, Tensor], fresh: Mapping[str, Tensor], config: VisionMambaConfig, path: Path
) -> tuple[dict[str, Tensor], list[str]]:
    """Change what depends on the image's grid and on the number of classes.

    Args:
        published: state dict of the published classifier.
        fresh: state dict of a new classifier, whose head is taken when the published one does not fit.
        config: the new classifier.
        path: where the published weights came from, for messages.

    Returns:
        The fitted state dict, and a sentence about each change.

    Raises:
        CheckpointError: the position embeddings can't be interpolated.
    """
    fitted = dict(published)
    notices: list[str] = []
    positions = fitted.get(_POSITIONS)
    if positions is not None and positions.dim() == 3 and positions.shape[1] != config.num_patches + 1:
        resized = resize_positions(positions, config, path)
        notices.append(
            f"Position embeddings of {positions.shape[1]} tokens were interpolated to {resized.shape[1]}."
        )
        fitted[_POSITIONS] = resized
    head = fitted.get(_HEAD[0])
    if head is None or head.shape[0] != config.num_classes:
        had = "has no head" if head is None else f"has {head.shape[0]} classes"
        fitted.update({name: fresh[name] for name in _HEAD})
        notices.append(
            f"The published classifier {had} and the file of class names {config.num_classes}: its head "
            "was made anew and must be trained before its answers mean anything."
        )
    return fitted, notices


def resize_positions(
    positions: Tensor,
    config: VisionMambaConfig,
    path: Path,
    source_grid: tuple[int, int] | None = None,
) -> Tensor:
    """Interpolate position embeddings bicubically to another grid of patches.

    The class token stands in the middle of the sequence, so its embedding is taken out there and put back
    into the middle of the new one.

    Args:
        positions: (1, L, M) of the published grid.
        config: the new classifier.
        path: where they came from, for messages.
        source_grid: rows and columns of the published grid; where that is not known, a square, or else of about the
            same shape as the new one.

    Returns:
        (1, L', M) for the new grid.

    Raises:
        CheckpointError: no such grid has as many patches.
    """
    patches = positions.shape[1] - 1
    rows, columns = source_grid or _likely_grid(patches, config)
    if rows * columns != patches or patches < 1:
        raise CheckpointError(
            "The {patches} position embeddings in {path} are of no grid of the image's shape: use "
            "other weights.",
            patches=patches,
            path=path,
        )
    middle = patches // 2
    class_position = positions[:, middle : middle + 1].float()
    grid = torch.cat([positions[:, :middle], positions[:, middle + 1 :]], dim=1).float()
    grid = grid.reshape(1, rows, columns, -1).permute(0, 3, 1, 2)  # (1, G*F, M) -> (1, M, G, F)
    grid = functional.interpolate(grid, size=config.grid_shape, mode="bicubic", align_corners=False)
    grid = grid.flatten(2).transpose(1, 2)  # (1, M, G', F') -> (1, G'*F', M)
    new_middle = config.class_token_index
    return torch.cat([grid[:, :new_middle], class_position, grid[:, new_middle:]], dim=1)


def _likely_grid(patches: int, config: VisionMambaConfig) -> tuple[int, int]:
    side = math.isqrt(max(0, patches))
    rows, columns = config.grid_shape
    if side * side == patches or rows == columns:
        return side, side
    best = max(1, round(math.sqrt(patches * rows / columns)))
    return best, patches // best


def fold_normalisation(
    state: Mapping[str, Tensor], mean: tuple[float, ...], std: tuple[float, ...]
) -> dict[str, Tensor]:
    """Make the first convolution read x instead of (x - mean) / std.

    The stem has no padding, so exactly
    W * ((x - mean) / std) + b = (W / std) * x + b - sum W * mean / std.

    Args:
        state: state dict of a classifier with the published stem.
        mean: of each colour channel, in [0, 1].
        std: of each colour channel, in [0, 1].

    Returns:
        The changed state dict.
    """
    weight_name, bias_name = _STEM
    if weight_name not in state or bias_name not in state:
        raise CheckpointError("Normalisation can only be folded into the published stem: import without it.")
    weight = state[weight_name].float() / torch.tensor(std).reshape(1, -1, 1, 1)
    shift = (weight * torch.tensor(mean).reshape(1, -1, 1, 1)).sum(dim=(1, 2, 3))
    return {**state, weight_name: weight, bias_name: state[bias_name].float() - shift}


def _load(module: nn.Module, state: Mapping[str, Tensor], path: Path) -> None:
    expected = module.state_dict()
    # Published files may lack the counters of batches, which nothing reads in eval mode.
    missing = [name for name in expected if name not in state and not name.endswith("num_batches_tracked")]
    if missing:
        raise CheckpointError(
            "{path} lacks the weight {name}: it is of another network or another preset.",
            path=path,
            name=missing[0],
        )
    unknown = [name for name in state if name not in expected]
    if unknown:
        raise CheckpointError(
            "{path} holds {name}, which the network does not have: use another preset.",
            path=path,
            name=unknown[0],
        )
    for name, value in state.items():
        if value.shape != expected[name].shape:
            raise CheckpointError(
                "The weight {name} in {path} is {shape} and should be {expected}: use another preset.",
                name=name,
                path=path,
                shape=tuple(value.shape),
                expected=tuple(expected[name].shape),
            )
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise CheckpointError(
                "The weight {name} in {path} holds values that are not numbers.", name=name, path=path
            )
    module.load_state_dict({**expected, **state})
