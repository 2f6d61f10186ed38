"""Labelled captures to measure a model on: from class folders or a manifest, their labels as the model's classes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.data.datasets.dataset import Split
from vimd_core.data.datasets.sources import describe_dataset
from vimd_core.errors import DatasetError
from vimd_core.evaluation.class_matching import match_class_folders

ALL: Final = "all"
"""In place of a split: captures of all of them."""


@dataclass(frozen=True)
class EvaluationCaptures:
    """What a model is measured on.

    Attributes:
        captures: file, and index of the true class among the model's.
        split: that they are of; "all" for all.
        several_labels: files that were left out, since a manifest gives them more than one class.
    """

    captures: tuple[tuple[Path, int], ...]
    split: str
    several_labels: tuple[Path, ...]


def labelled_captures(
    source: Path, info: BundleInfo, *, split: str | None, usual: Split
) -> EvaluationCaptures:
    """Find labelled captures; no image is opened.

    Args:
        source: a folder with one sub-folder for each class, or a manifest.
        info: of the model.
        split: which captures; None takes `usual` where the manifest has it, or else all.
        usual: see there.

    Raises:
        DatasetError: there are none, or a class is none of the model's.
    """
    dataset = describe_dataset(source)
    class_of_label = match_class_folders(dataset.classes, info)
    if split is None:
        split = usual if any(one.split == usual for one in dataset.captures) else ALL
    captures = tuple(
        (one.path, class_of_label[one.label]) for one in dataset.captures if split in (ALL, one.split)
    )
    if not captures:
        raise DatasetError(
            "{source} has no captures of the split {split}: use another split.", source=source, split=split
        )
    return EvaluationCaptures(captures, split, dataset.several_labels)
