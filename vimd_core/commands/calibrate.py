"""`vimd calibrate`: make a model as sure as it is right, by temperature scaling."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from vimd_core.commands.arguments import add_model_arguments, report_unreadable
from vimd_core.commands.labelled import add_data_arguments, measure
from vimd_core.errors import CheckpointError


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "calibrate",
        help="make a model as sure as it is right",
        description="Find the temperature that fits a model's confidence to labelled captures, and store it in the "
        "model. No answer changes. Use captures that it was not trained on, nor will be judged by.",
    )
    add_model_arguments(parser, model_required=True)
    add_data_arguments(parser, usual="validation")
    parser.add_argument("--output", type=Path, metavar="BUNDLE", help="write another bundle (changes MODEL)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be stored, and store nothing")
    parser.add_argument("--json", action="store_true", help="for programs; fractions, not per cent")
    parser.add_argument("--quiet", action="store_true", help="no progress and no notices")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Calibrate, say what it did to confidence, and return the exit code."""
    import numpy as np

    from vimd_core.checkpoints.bundle_info import read_bundle_info
    from vimd_core.checkpoints.identity import write_description
    from vimd_core.evaluation.findings import calibration_of
    from vimd_core.inference.calibration import fit_temperature, rescale

    output = arguments.output or arguments.model
    if output.suffix != ".safetensors":
        raise CheckpointError(f"A model bundle's name ends in .safetensors: {output} does not.")
    info = read_bundle_info(arguments.model)
    _, measured = measure("calibrating", arguments, info)
    # Logarithms of probabilities are logits up to a constant in each row, which makes no difference.
    plain = rescale(measured.probabilities, 1.0 / info.temperature)
    temperature = fit_temperature(np.log(np.maximum(plain, np.finfo(np.float32).tiny)), measured.labels)
    before = calibration_of(measured.probabilities, measured.labels, info.temperature)
    after = calibration_of(rescale(plain, temperature), measured.labels, temperature)
    if not arguments.dry_run:
        info = read_bundle_info(arguments.model)  # figures may have been recorded meanwhile
        write_description(arguments.model, output, replace(info, temperature=temperature))
    if arguments.json:
        told = {"n": len(measured.paths), "before": before.to_dict(), "after": after.to_dict()}
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        sys.stdout.write(
            f"{'':<28}{'before':>10}{'after':>10}\n"
            f"{'temperature':<28}{before.temperature:>10.3f}{after.temperature:>10.3f}\n"
            f"{'expected calibration error':<28}{before.calibrated.error:>10.2%}{after.calibrated.error:>10.2%}\n"
            f"{'negative log-likelihood':<28}{before.nll:>10.4f}{after.nll:>10.4f}\n"
            f"on {len(measured.paths):,} captures; "
            + ("nothing was stored.\n" if arguments.dry_run else f"stored in {output}.\n")
        )
    return report_unreadable(measured.unreadable)
