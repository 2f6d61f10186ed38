"""Evaluation of a model on labelled images: accuracy, confusions and calibration."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from vimd_core.api.arguments import one_for_each
from vimd_core.api.model import Images, Model, as_model, listed
from vimd_core.errors import DatasetError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from vimd_core.data.images.image_sources import ImageSource
    from vimd_core.evaluation.findings import Findings

SplitChoice = Literal["train", "validation", "test", "all"]
Labels = Iterable[str | int]
"""For each image the name of its class, or the place of it in `Model.classes`."""


class Evaluation:
    """What an evaluation found; made by `evaluate`. K is the number of the model's classes.

    Attributes:
        findings: everything: by class, by size, calibration with and without temperature, and what super-resolution
            changes.
        classes: names of the K classes.
        unreadable: one sentence for each image that could not be read; they count nowhere.
        several_labels: files that a manifest gives more than one class; they count nowhere.
    """

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.classes: tuple[str, ...] = findings.figures.classes
        self.unreadable: tuple[str, ...] = findings.measured.unreadable
        self.several_labels: tuple[Path, ...] = findings.measured.several_labels

    @property
    def n(self) -> int:
        """Images that were classified."""
        return self.findings.figures.n

    @property
    def top1(self) -> float:
        """Accuracy: fraction of images whose label is the most likely class, in [0, 1]."""
        return self.findings.figures.top1

    @property
    def top5(self) -> float:
        """Fraction whose label is among the five most likely classes, in [0, 1]."""
        return self.findings.figures.top5

    @property
    def calibration_error(self) -> float:
        """Expected calibration error (ECE): mean distance of confidence and accuracy, in [0, 1].

        Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3.
        """
        return self.findings.figures.ece

    @property
    def accuracy(self) -> dict[str, float]:
        """Recall of each class that has images: the fraction of them that was recognised, in [0, 1]."""
        figures = self.findings.figures
        counts = figures.confusion.sum(axis=1)
        return {
            name: float(value)
            for name, value, count in zip(self.classes, figures.accuracy, counts, strict=True)
            if count
        }

    @property
    def confusion(self) -> npt.NDArray[np.int64]:
        """(K, K) counts: rows are true classes, columns predicted ones."""
        return self.findings.figures.confusion

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-ready; the same as `vimd evaluate --json`."""
        return self.findings.to_dict()

    def to_text(self) -> str:
        """A table for people; the same as `vimd evaluate`."""
        return self.findings.figures.to_text()

    def __repr__(self) -> str:
        return f"<Evaluation of {self.n:,} images: top-1 {self.top1:.1%}>"


def evaluate(
    model: Model | str | os.PathLike[str],
    images: Images,
    labels: Labels | None = None,
    *,
    split: SplitChoice | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """Measure a model on labelled images; the same as `vimd evaluate`.

    Args:
        model: a model, or what `load` takes.
        images: with labels: images as for `Model.predict`. Without: the path of a folder with one sub-folder for each
            class, or of a table of labels (CSV, JSON lines, COCO ...).
        labels: for each image the name of its class, or its place in `Model.classes`. Names may differ in case, blanks
            and leading zeros.
        split: which images of a table that has splits; None takes "test" where it has that, or else all.
        on_progress: is told images that are done, and their number.

    Returns:
        The figures, over all images that can be read.

    Raises:
        DatasetError: there are no images, their number is not that of the labels, none can be read, or a class is none
            of the model's.
        CheckpointError: the model can't be loaded.

    Examples:
        >>> import numpy as np
        >>> dark, bright = np.zeros((12, 12), np.uint8), np.full((12, 12), 255, np.uint8)
        >>> found = evaluate(model, [dark, bright], ["Stop", "Yield"])
        >>> found.n, found.confusion.shape == (len(model.classes), len(model.classes))
        (2, True)
    """
    from vimd_core.evaluation.findings import find
    from vimd_core.evaluation.labelled_data import labelled_captures
    from vimd_core.evaluation.measured import measure_captures

    measured_model = as_model(model)
    several: tuple[Path, ...] = ()
    pairs: Sequence[tuple[ImageSource, int]]
    if labels is not None:
        pairs = _paired(measured_model, images, labels)
    elif isinstance(images, str | os.PathLike):
        described = labelled_captures(Path(images), measured_model.info, split=split, usual="test")
        pairs, several = described.captures, described.several_labels
    else:
        raise DatasetError("Give labels for the images, or the path of a folder or a table that has them.")
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        on_progress(done, len(pairs))

    with measured_model.alone() as predictor:
        measured = replace(measure_captures(predictor, pairs, on_read=count), several_labels=several)
    if not measured.paths:
        raise DatasetError(
            "None of the images can be read: {reasons}", reasons=" ".join(measured.unreadable[:3])
        )
    return Evaluation(find(measured, measured_model.classes, measured_model.info.temperature))


def _paired(model: Model, images: Images, labels: Labels) -> list[tuple[ImageSource, int]]:
    """Each image with the place of its class."""
    from vimd_core.evaluation.class_matching import match_class_folders

    sources, given = list(listed(images)), checked_labels(labels, model.classes)
    require_pairs(sources, given)
    names = {label for label in given if isinstance(label, str)}
    # One by one: two spellings of a class are no contradiction here.
    place_of = {name: match_class_folders([name], model.info)[0] for name in names}
    return [
        (source, place_of[label] if isinstance(label, str) else label)
        for source, label in zip(sources, given, strict=True)
    ]


def checked_labels(labels: Labels, classes: Sequence[str]) -> list[str | int]:
    """Labels, of which numbers are places of classes.

    Raises:
        DatasetError: a number is none of a class, a label is neither a name nor a number, or they are no list.
    """
    import numpy as np

    checked: list[str | int] = []
    for label in one_for_each("labels", labels):
        if isinstance(label, str) and label.strip():
            checked.append(label)
        elif isinstance(label, int | np.integer) and not isinstance(label, bool):
            if not 0 <= label < len(classes):
                raise DatasetError(
                    "The label {label} is not a class index: the model has {classes} classes, from 0.",
                    label=int(label),
                    classes=len(classes),
                )
            checked.append(int(label))
        else:
            raise DatasetError(
                "A label must be a class name or a class index, not {label}.",
                label=repr(label),
            )
    return checked


def require_pairs(images: Sequence[object], labels: Sequence[object]) -> None:
    """See that there is a label for each image.

    Raises:
        DatasetError: there is not, or there are none.
    """
    if len(images) != len(labels):
        raise DatasetError(
            "There are {images:,} images and {labels:,} labels: give one for each.",
            images=len(images),
            labels=len(labels),
        )
    if not images:
        raise DatasetError("There are no images: give at least one.")
