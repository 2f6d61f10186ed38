"""Training data: describes, reads, checks and splits what the user has into sets that can be trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from vimd_core.data.classes.class_identity import class_key
from vimd_core.data.datasets.dataset import Dataset
from vimd_core.data.datasets.pixels import DEFAULT_MEMORY_BYTES, ProgressCallback, load_pixels
from vimd_core.data.datasets.preflight import Preflight, check_dataset
from vimd_core.data.datasets.sources import describe_dataset
from vimd_core.data.datasets.splits import assign_splits
from vimd_core.errors import DatasetError
from vimd_core.training.batches.captures import CaptureSet, capture_set, indices_of_split


@dataclass(frozen=True)
class TrainingData:
    """What a training works with.

    Attributes:
        classes: names, in the order of the labels.
        training: captures and high-resolution views to learn from; behind them captures without a label.
        training_paths: the file of each of them.
        validation: captures and views that are held back to choose the best epoch by; may be empty.
        preflight: what was found in the data, and the data set that these sets were made from.
    """

    classes: tuple[str, ...]
    training: CaptureSet
    training_paths: tuple[Path, ...]
    validation: CaptureSet
    preflight: Preflight

    def without_unlabelled(self) -> TrainingData:
        """The same without the captures that have no label."""
        kept = torch.nonzero(self.training.is_labelled).flatten().tolist()
        paths = tuple(self.training_paths[index] for index in kept)
        return replace(self, training=self.training.subset(kept), training_paths=paths)


def load_training_data(
    source: Path,
    size_px: int,
    *,
    hr: Path | None = None,
    unlabelled: Sequence[Path] = (),
    classes: Sequence[str] | None = None,
    validation_fraction: float,
    seed: int,
    folder: Path | None = None,
    memory_bytes: int = DEFAULT_MEMORY_BYTES,
    threads: int | None = None,
    progress: ProgressCallback | None = None,
) -> TrainingData:
    """Read a data set for a training.

    Args:
        source: class folders or a manifest (see `describe_dataset`).
        size_px: image size of the classifier.
        hr: a folder of high-resolution views.
        unlabelled: files of captures to learn from without a label; those that `source` names, or that can't be read,
            are left out.
        classes: of a model that shall go on learning, in the order of its labels; found when None.
        validation_fraction: share of each class's groups that is held back; 0 learns from everything.
        seed: of that choice.
        folder: of the run, for pixels that do not fit into the memory.
        memory_bytes: most memory for the pixels.
        threads: files read at the same time; one for each core when None.
        progress: is told after each file; may raise `CancelledError` to end the reading.

    Raises:
        DatasetError: nothing can be learnt from what is there.
        CancelledError: `progress` raised it.
    """
    described = describe_dataset(source, hr)
    if classes is not None:
        described = with_classes(described, classes)
    # What needs no pixels is refused before they are read, which can take long.
    check_dataset(described, keep_classes=classes is not None)
    known = dict.fromkeys(image.path for image in described.images)
    others = [path for path in dict.fromkeys(unlabelled) if path not in known]
    row_of = {path: row for row, path in enumerate((*known, *others))}
    pixels = load_pixels(
        list(row_of),
        size_px,
        folder=folder,
        memory_bytes=memory_bytes,
        threads=threads,
        progress=progress,
    )
    facts = dict(zip(row_of, pixels.facts, strict=True))
    preflight = check_dataset(described, facts, keep_classes=classes is not None)
    dataset = assign_splits(preflight.dataset, validation_fraction, seed)
    everything = capture_set(dataset, pixels, row_of)
    taught = indices_of_split(dataset, "train")
    others = [path for path in others if facts[path].error is None]
    return TrainingData(
        dataset.classes,
        everything.subset(taught).with_unlabelled([row_of[path] for path in others]),
        (*(dataset.images[index].path for index in taught), *others),
        everything.subset(indices_of_split(dataset, "validation")),
        replace(preflight, dataset=dataset),
    )


def with_classes(dataset: Dataset, classes: Sequence[str]) -> Dataset:
    """The same data set with its labels in a given order.

    Args:
        dataset: whose classes are all among `classes`.
        classes: names; of those that mean the same the one that is spelt so is meant, or else the first.

    Raises:
        DatasetError: the data set has another class.
    """
    keys = [class_key(name) for name in classes]
    unknown = [name for name in dataset.classes if class_key(name) not in keys]
    if unknown:
        raise DatasetError(
            "{source} holds the unknown class {name}: its classes must be those trained on.",
            source=dataset.source,
            name=repr(unknown[0]),
        )
    label_of = [
        list(classes).index(name) if name in classes else keys.index(class_key(name))
        for name in dataset.classes
    ]
    return replace(
        dataset,
        classes=tuple(classes),
        captures=tuple(replace(capture, label=label_of[capture.label]) for capture in dataset.captures),
        views=tuple(replace(view, label=label_of[view.label]) for view in dataset.views),
    )
