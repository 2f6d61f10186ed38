"""Kinds of weights: which one a file holds, and what is said when it is the wrong one. Torch-free."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from vimd_core.checkpoints.safetensors_header import SafetensorsHeader, read_header
from vimd_core.errors import CheckpointError
from vimd_core.user_messages import Sentence, sentence

BUNDLE_FORMAT: Final = "vimd-model-bundle"
FEATURE_NETWORK_FORMAT: Final = "vimd-feature-network"


class WeightsKind(StrEnum):
    """Kinds of files of weights."""

    MODEL = "model"
    CLASSIFIER = "classifier"
    SUPER_RESOLUTION = "super-resolution network"
    FEATURES = "feature network"
    PUBLISHED = "published"


def kind_of_weights(header: SafetensorsHeader) -> WeightsKind:
    """The kind of weights behind a header, by what it says of itself or else by the names of its tensors."""
    if header.metadata.get("format") == BUNDLE_FORMAT:
        return WeightsKind.MODEL
    if header.metadata.get("format") == FEATURE_NETWORK_FORMAT:
        return WeightsKind.FEATURES
    if {"config", "classes"} <= header.metadata.keys():
        return WeightsKind.CLASSIFIER
    names = header.tensors.keys()
    if "tail.weight" in names or "conv1.0.weight" in names:
        return WeightsKind.SUPER_RESOLUTION
    return WeightsKind.PUBLISHED


def _what_it_is(kind: WeightsKind, path: Path) -> Sentence:
    match kind:
        case WeightsKind.MODEL:
            return sentence(
                "{path} is a whole model: use it with --model, measure it with `vimd evaluate`, or start a "
                "training from it with --init.",
                path=path,
            )
        case WeightsKind.CLASSIFIER:
            return sentence(
                "{path} is a teacher, a classifier without super-resolution: use it with `vimd distill "
                "--teacher` or --init, or measure it with `vimd evaluate-teacher`.",
                path=path,
            )
        case WeightsKind.SUPER_RESOLUTION:
            return sentence(
                "{path} is a super-resolution network: use it with `vimd distill --srresnet`, or "
                "measure it with `vimd evaluate-sr`.",
                path=path,
            )
        case WeightsKind.FEATURES:
            return sentence(
                "{path} is a network of ImageNet features that the program uses beside models: it classifies "
                "nothing by itself.",
                path=path,
            )
        case WeightsKind.PUBLISHED:
            return sentence(
                "{path} has no ViMD metadata: import it with `vimd model import` first.",
                path=path,
            )


def _wrong_kind(kind: WeightsKind, wanted: WeightsKind, path: Path) -> CheckpointError:
    it_is = _what_it_is(kind, path)
    if wanted is WeightsKind.CLASSIFIER:
        return CheckpointError(
            "{it_is} Here the result of `vimd train-teacher` or `vimd pretrain` is needed.", it_is=it_is
        )
    if wanted is WeightsKind.SUPER_RESOLUTION:
        return CheckpointError("{it_is} Here the result of `vimd train-sr` is needed.", it_is=it_is)
    return CheckpointError.of(it_is)


def require_kind(path: Path, *wanted: WeightsKind) -> SafetensorsHeader:
    """The header of a file of the right kind.

    Args:
        path: the file.
        wanted: kinds that will do.

    Raises:
        CheckpointError: it can't be read, or is of another kind; the sentence says what it is for.
    """
    header = read_header(path)
    kind = kind_of_weights(header)
    if kind not in wanted:
        raise _wrong_kind(kind, wanted[-1], path)
    return header
