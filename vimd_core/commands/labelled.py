"""Running a model over labelled captures, for the subcommands that measure it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from vimd_core.commands.progress import Progress

if TYPE_CHECKING:
    from vimd_core.checkpoints.bundle_info import BundleInfo
    from vimd_core.evaluation.measured import MeasuredCaptures
    from vimd_core.inference.predictor import Predictor


def measure(what: str, arguments: argparse.Namespace, info: BundleInfo) -> tuple[Predictor, MeasuredCaptures]:
    """Classify the captures in `--data` and say how far it is.

    Args:
        what: the activity, such as "evaluating".
        arguments: with model, data, device, batch_size and quiet.
        info: the model's description.

    Returns:
        The model, ready to classify, and its answers.

    Raises:
        DatasetError: the folders don't fit the model.
        CheckpointError: the model's file is damaged.
        DeviceError: the device is not there.
    """
    from vimd_core.data.folders import find_class_folders
    from vimd_core.evaluation.class_matching import match_class_folders
    from vimd_core.evaluation.measured import measure_captures

    found = find_class_folders(arguments.data, allow_few=True)
    class_of_folder = match_class_folders(found.classes, info)

    from vimd_core.inference.predictor import Predictor

    predictor = Predictor.load(arguments.model, device=arguments.device, batch_size=arguments.batch_size)
    if not arguments.quiet:
        sys.stderr.write(f"{info.name}. {predictor.notice}\n")
    predictor.warm_up()  # compiling kernels would spoil the first rate and the time left
    with Progress(what, len(found.captures), quiet=arguments.quiet) as progress:
        measured = measure_captures(
            predictor,
            [(path, class_of_folder[folder]) for path, folder in found.captures],
            on_read=progress.advance,
        )
    return predictor, measured
