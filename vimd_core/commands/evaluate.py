"""`vimd evaluate`: how good a model is on labelled captures."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vimd_core.commands.arguments import add_model_arguments, report_unreadable
from vimd_core.commands.progress import Progress
from vimd_core.errors import DatasetError

if TYPE_CHECKING:
    from vimd_core.evaluation.report import EvaluationReport


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure a model on labelled captures",
        description="Measure a model on class folders. Exit code 3 when some captures could not be read.",
    )
    add_model_arguments(parser, model_required=True)
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="one sub-folder for each class"
    )
    parser.add_argument("--json", action="store_true", help="for programs; fractions, not per cent")
    parser.add_argument(
        "--record",
        metavar="NAME",
        help="also store top-1, top-5 and calibration error in the bundle, under NAME",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress and no notices")
    parser.set_defaults(run=run)


def _record(path: Path, name: str, report: EvaluationReport) -> None:
    """Store figures in the model's own metadata; its weights stay as they are."""
    from dataclasses import replace

    from vimd_core.checkpoints.bundle import load_bundle, save_bundle

    model, info = load_bundle(path)
    figures = {
        "n": report.n,
        "top1": report.top1,
        "top5": report.top5,
        "bicubic_top1": report.bicubic_top1,
        "ece": report.ece,
    }
    save_bundle(path, model, replace(info, metrics={**info.metrics, name: figures}))


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, and return the exit code."""
    import numpy as np

    from vimd_core.checkpoints.bundle_info import read_bundle_info
    from vimd_core.data.capture_batches import read_batches
    from vimd_core.data.folders import find_class_folders
    from vimd_core.evaluation.class_matching import match_class_folders
    from vimd_core.evaluation.report import evaluate_predictions

    info = read_bundle_info(arguments.model)
    found = find_class_folders(arguments.data, allow_few=True)
    class_of_folder = match_class_folders(found.classes, info)

    from vimd_core.inference.prediction import Prediction
    from vimd_core.inference.predictor import Predictor

    predictor = Predictor.load(arguments.model, device=arguments.device, batch_size=arguments.batch_size)
    if not arguments.quiet:
        sys.stderr.write(f"{info.name}. {predictor.notice}\n")
    predictor.warm_up()  # compiling kernels would spoil the first rate and the time left
    predictions: list[Prediction] = []
    labels: list[int] = []
    unreadable: list[str] = []
    batches = read_batches(
        ((class_of_folder[folder], path) for path, folder in found.captures),
        batch_size=predictor.batch_size,
        size_px=info.config.lr_size_px,
    )
    with (
        Progress("evaluating", len(found.captures), quiet=arguments.quiet) as progress,
        contextlib.closing(batches),
    ):
        for batch in batches:
            unreadable += [capture.error for capture in batch if capture.image is None]
            labels += [capture.key for capture in batch if capture.image is not None]
            predictions += predictor.predict([c.image for c in batch if c.image is not None])
            progress.advance(len(batch))
    if not predictions:
        report_unreadable(unreadable)
        raise DatasetError(f"None of the captures in {arguments.data} can be read.")
    report = evaluate_predictions(
        np.stack([prediction.probabilities for prediction in predictions]),
        np.stack([prediction.bicubic_probabilities for prediction in predictions]),
        np.array(labels, dtype=np.int64),
        info.classes,
    )
    if arguments.record:
        _record(arguments.model, arguments.record, report)
    if arguments.json:
        about = {"model_id": predictor.model_id, "data": str(arguments.data), "unreadable": len(unreadable)}
        sys.stdout.write(json.dumps(report.to_dict() | about) + "\n")
    else:
        sys.stdout.write(report.to_text())
    return report_unreadable(unreadable)
