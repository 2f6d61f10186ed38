"""Running a model over labelled captures, for the subcommands that measure it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vimd_core.commands.shared.arguments import report_unreadable
from vimd_core.commands.shared.progress import ProgressLine
from vimd_core.data.datasets.dataset import SPLITS, Split
from vimd_core.errors import DatasetError

if TYPE_CHECKING:
    from vimd_core.checkpoints.bundle_info import BundleInfo
    from vimd_core.evaluation.measured import MeasuredCaptures
    from vimd_core.inference.predictor import Predictor

_NAMED_AT_MOST: Final = 5


def add_data_arguments(parser: argparse.ArgumentParser, *, usual: Split) -> None:
    """The arguments that say which captures.

    Args:
        parser: of the subcommand.
        usual: the split that it takes from a manifest that has it.
    """
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="PATH",
        help="folder with one sub-folder per class, or a manifest",
    )
    parser.add_argument(
        "--split",
        choices=["all", *filter(None, SPLITS)],
        help=f"which captures of a manifest ({usual} where it has that, otherwise all)",
    )
    parser.set_defaults(usual_split=usual)


def measure(what: str, arguments: argparse.Namespace, info: BundleInfo) -> tuple[Predictor, MeasuredCaptures]:
    """Classify the captures in `--data` and say how far it is.

    Args:
        what: the activity, such as "evaluating".
        arguments: of `add_model_arguments` and `add_data_arguments`, and quiet.
        info: the model's description.

    Returns:
        The model, ready to classify, and its answers.

    Raises:
        DatasetError: the data can't be used, or does not fit the model.
        CheckpointError: the model's file is damaged.
        DeviceError: the device is not there.
    """
    from vimd_core.evaluation.labelled_data import ALL, labelled_captures
    from vimd_core.evaluation.measured import measure_captures

    data = labelled_captures(arguments.data, info, split=arguments.split, usual=arguments.usual_split)
    if data.several_labels and not arguments.quiet:
        named = ", ".join(map(str, data.several_labels[:_NAMED_AT_MOST]))
        more = len(data.several_labels) - _NAMED_AT_MOST
        sys.stderr.write(
            f"Skipped, because {arguments.data} gives them several labels: {named}"
            f"{f' and {more:,} more' if more > 0 else ''}.\n"
        )

    from vimd_core.inference.predictor import Predictor

    predictor = Predictor.load(arguments.model, device=arguments.device, batch_size=arguments.batch_size)
    if not arguments.quiet:
        part = "" if data.split == ALL else f" The split {data.split} of {arguments.data} is taken."
        sys.stderr.write(f"{info.name}. {predictor.notice}{part}\n")
    predictor.warm_up()  # compiling kernels would spoil the first rate and the time left
    with ProgressLine(what, len(data.captures), quiet=arguments.quiet) as progress:
        measured = measure_captures(predictor, data.captures, on_read=progress.advance)
    if not measured.paths:
        report_unreadable(measured.unreadable)
        raise DatasetError("None of the captures in {data} can be read.", data=arguments.data)
    return predictor, replace(measured, several_labels=data.several_labels)
