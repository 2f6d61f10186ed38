"""`vimd benchmark classifier FILE DATA`: how often a classifier alone, such as the general backbone, is right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.errors import ConfigError
from vimd_core.evaluation.metrics import top_k_accuracy
from vimd_core.training.batches.training_data import load_training_data
from vimd_core.training.initialisation.classifier_file import load_classifier, load_teacher
from vimd_core.training.losses.objectives import LossConfig, TeacherObjective
from vimd_core.training.validation.accuracy import predict_logits

USAGE = "FILE DATA"


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Answer for every image of class folders, at the size that the classifier was trained for.

    Args:
        arguments: a classifier of `vimd pretrain` or `vimd train-teacher`, and a folder for each class.
    """
    if len(arguments) != 2:
        raise ConfigError("Give the file of a classifier and a folder with a sub-folder for each class.")
    file, folder = map(Path, arguments)
    content = load_classifier(file)
    data = load_training_data(
        folder,
        content.config.classifier.image_size_px,
        classes=content.classes,
        validation_fraction=0.0,
        seed=0,
    )
    model = load_teacher(file, content.config, content.classes)
    logits = predict_logits(TeacherObjective(model, LossConfig()), data.training).numpy()
    labels = data.training.labels.numpy()
    return [
        BenchmarkRow(f"{file.name} on {len(labels):,} images of {folder.name}: top-{k}", 100 * share, "%")
        for k, share in ((k, top_k_accuracy(logits, labels, k)) for k in (1, 5))
    ]
