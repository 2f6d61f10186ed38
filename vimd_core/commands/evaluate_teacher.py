"""`vimd evaluate-teacher`: how good a classifier alone is on sharp views, such as a teacher on near frames."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from vimd_core.commands.shared.arguments import add_device_argument
from vimd_core.commands.shared.progress import ProgressLine
from vimd_core.config import square_px
from vimd_core.errors import CheckpointError


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "evaluate-teacher",
        help="evaluate a teacher or pre-trained classifier on labelled images",
        description="Evaluate a classifier without super-resolution on labelled images: near views, or "
        "captures enlarged by interpolation.",
    )
    parser.add_argument(
        "--model", type=Path, required=True, help="output of `vimd train-teacher` or `vimd pretrain`"
    )
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="PATH",
        help="folder with one sub-folder per class, or a manifest",
    )
    add_device_argument(parser)
    parser.add_argument(
        "--json", action="store_true", help="machine-readable output, with fractions instead of percentages"
    )
    parser.add_argument("--quiet", action="store_true", help="hide progress")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the figures.

    Raises:
        CheckpointError: the model can't be read.
        DatasetError: the data can't be used, or has a class that the model doesn't know.
    """
    from vimd_core.checkpoints.find_model import find_model
    from vimd_core.evaluation.metrics import expected_calibration_error, top_k_accuracy
    from vimd_core.inference.device import choose_device
    from vimd_core.models.vision_mamba import VisionMamba
    from vimd_core.training.batches.training_data import load_training_data
    from vimd_core.training.initialisation.classifier_file import load_classifier
    from vimd_core.training.losses.objectives import LossConfig, TeacherObjective
    from vimd_core.training.validation.accuracy import predict_logits

    content = load_classifier(find_model(arguments.model))
    device = choose_device(arguments.device).device
    model = VisionMamba(content.config.classifier)
    try:
        model.load_state_dict(content.weights)
    except RuntimeError as e:
        raise CheckpointError(
            "{model} holds no classifier alone: give the result of `vimd train-teacher` or `vimd "
            "pretrain`, or measure a whole model with `vimd evaluate`.",
            model=arguments.model,
        ) from e
    with ProgressLine("reading", 0, quiet=arguments.quiet) as progress:

        def on_read(done: int, total: int) -> None:
            progress.meter.total = total
            progress.advance(1)

        views = load_training_data(
            arguments.data,
            square_px(content.config.classifier.image_size_px),
            classes=content.classes,
            validation_fraction=0.0,
            seed=0,
            progress=on_read,
        ).training
    logits = predict_logits(TeacherObjective(model.to(device), LossConfig()), views, device=device)
    probabilities, labels = logits.softmax(dim=1).numpy(), views.labels.numpy()
    figures = {
        "n": len(labels),
        "top1": top_k_accuracy(probabilities, labels, 1),
        "top5": top_k_accuracy(probabilities, labels, 5),
        "ece": expected_calibration_error(probabilities, labels),
    }
    if arguments.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        sys.stdout.write(
            f"{figures['n']:,} views: top-1 {figures['top1']:.2%}, top-5 {figures['top5']:.2%}, "
            f"calibration error {figures['ece']:.1%}\n"
        )
    return 0
