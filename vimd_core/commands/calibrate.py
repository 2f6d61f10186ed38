"""`vimd calibrate`: make a model as sure as it is right, by temperature scaling."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vimd_core.commands.shared.arguments import (
    add_model_arguments,
    model_of,
    report_unreadable,
    require_file_to_change,
    require_new_file,
)
from vimd_core.commands.shared.labelled import add_data_arguments, measure
from vimd_core.errors import CheckpointError
from vimd_core.user_messages import sentence


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "calibrate",
        help="calibrate a model's confidence",
        description="Calibrate a model's confidence by temperature scaling on labelled captures, and "
        "store the temperature in the model. Predicted classes do not change. Use captures "
        "outside the training and test data.",
    )
    add_model_arguments(parser, model_required=True)
    add_data_arguments(parser, usual="validation")
    parser.add_argument("--output", type=Path, metavar="BUNDLE", help="output bundle (default: change MODEL)")
    parser.add_argument("--dry-run", action="store_true", help="show the result without storing it")
    parser.add_argument(
        "--json", action="store_true", help="machine-readable output, with fractions instead of percentages"
    )
    parser.add_argument("--quiet", action="store_true", help="hide progress and notices")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Calibrate, say what it did to confidence, and return the exit code."""
    import numpy as np

    from vimd_core.checkpoints.bundle_info import read_bundle_info
    from vimd_core.checkpoints.identity import write_description
    from vimd_core.data.datasets.sources import describe_dataset
    from vimd_core.evaluation.findings import calibration_of
    from vimd_core.inference.calibration import CALIBRATION, fit_temperature, rescale

    if arguments.output is None:
        require_file_to_change(arguments.model, sentence("write the calibrated one with --output FILE"))
    arguments.model = model_of(arguments)
    output = arguments.output or arguments.model
    if output.suffix != ".safetensors":
        raise CheckpointError("A model bundle's name ends in .safetensors: {output} does not.", output=output)
    if not arguments.dry_run:
        require_new_file(output, may_be=arguments.model)
    info = read_bundle_info(arguments.model)
    _, measured = measure("calibrating", arguments, info)
    # Logarithms of probabilities are logits up to a constant in each row, which makes no difference.
    plain = rescale(measured.probabilities, 1.0 / info.temperature)
    logits = np.log(np.maximum(plain, np.finfo(np.float32).tiny))
    group_of = {one.path: one.group for one in describe_dataset(arguments.data).captures}
    groups = [group_of[path] for path in measured.paths]
    digest = _digest(measured.paths, measured.labels.tolist())
    earlier = info.training.get(CALIBRATION, {})
    # The same captures once more tell nothing new: they start from what was known before them.
    known = float(earlier["before"]) if earlier.get("digest") == digest else info.temperature
    fitted = fit_temperature(logits, measured.labels, before=known, groups=groups)
    temperature = fitted.value
    before = calibration_of(measured.probabilities, measured.labels, info.temperature)
    after = calibration_of(rescale(plain, temperature), measured.labels, temperature)
    # What was fitted to captures flatters on the same ones: here each has the temperature that the others lead to.
    left_out = calibration_of(rescale(plain, fitted.left_out), measured.labels, temperature)
    is_stored = not arguments.dry_run and not (temperature == info.temperature and output == arguments.model)
    if is_stored:
        note = {"captures": len(groups), "before": known, "digest": digest}
        info = read_bundle_info(arguments.model)  # figures may have been recorded meanwhile
        training = {**info.training, CALIBRATION: note}
        write_description(arguments.model, output, replace(info, temperature=temperature, training=training))
    if arguments.json:
        told = {
            "n": len(measured.paths),
            "kept": fitted.is_kept,
            "before": before.to_dict(),
            "after": after.to_dict(),
            "left_out": {"ece": left_out.calibrated.error, "nll": left_out.nll},
        }
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        sys.stdout.write(
            f"{'':<28}{'before':>10}{'after':>10}\n"
            f"{'temperature':<28}{before.temperature:>10.3f}{after.temperature:>10.3f}\n"
            f"{'expected calibration error':<28}{before.calibrated.error:>10.2%}{left_out.calibrated.error:>10.2%}\n"
            f"{'negative log-likelihood':<28}{before.nll:>10.4f}{left_out.nll:>10.4f}\n"
            f"on {len(measured.paths):,} captures, each with the temperature that the others lead to; "
            + ("nothing is gained by another one, and it stays; " if fitted.is_kept else "")
            + (f"stored in {output}.\n" if is_stored else "nothing was stored.\n")
        )
    return report_unreadable(measured.unreadable)


def _digest(paths: Sequence[Path], labels: Sequence[int]) -> str:
    """Names labelled captures, whatever their order."""
    rows = sorted(f"{path.absolute()}/{label}" for path, label in zip(paths, labels, strict=True))
    return hashlib.blake2b("\0".join(rows).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
