"""`vimd evaluate`: how good a model is on labelled captures."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vimd_core.commands.shared.arguments import (
    add_model_arguments,
    add_overwrite_argument,
    model_of,
    report_unreadable,
    require_file_to_change,
)
from vimd_core.commands.shared.labelled import add_data_arguments, measure
from vimd_core.user_messages import sentence

if TYPE_CHECKING:
    from vimd_core.evaluation.figures import EvaluationReport


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "evaluate",
        help="evaluate a model on labelled captures",
        description="Evaluate a model on labelled captures. Exit code 3 if some captures could not be read.",
    )
    add_model_arguments(parser, model_required=True)
    add_data_arguments(parser, usual="test")
    parser.add_argument(
        "--json", action="store_true", help="machine-readable output, with fractions instead of percentages"
    )
    parser.add_argument(
        "--report", type=Path, metavar="DIR", help="also write report.html, results.json and predictions.csv"
    )
    add_overwrite_argument(parser, "a report")
    parser.add_argument(
        "--record",
        metavar="NAME",
        help="also store top-1, top-5 and calibration error in the bundle, under NAME",
    )
    parser.add_argument("--quiet", action="store_true", help="hide progress and notices")
    parser.set_defaults(run=run)


def _record(path: Path, name: str, report: EvaluationReport) -> None:
    """Store figures in the model's own metadata; its weights stay as they are."""
    from dataclasses import replace

    from vimd_core.checkpoints.bundle_info import read_bundle_info
    from vimd_core.checkpoints.identity import write_description

    info = read_bundle_info(path)
    figures = {
        "n": report.n,
        "top1": report.top1,
        "top5": report.top5,
        "bicubic_top1": report.bicubic_top1,
        "ece": report.ece,
    }
    write_description(path, path, replace(info, metrics={**info.metrics, name: figures}))


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, and return the exit code."""
    from vimd_core.checkpoints.bundle_info import read_bundle_info, utc_now
    from vimd_core.evaluation.findings import find
    from vimd_core.evaluation.html_report.files import prepare_folder, write_report
    from vimd_core.evaluation.html_report.page import ReportFacts

    if arguments.record:
        require_file_to_change(arguments.model, sentence("give --record with a file of your own"))
    arguments.model = model_of(arguments)
    info = read_bundle_info(arguments.model)
    if arguments.report is not None:
        prepare_folder(arguments.report, overwrite=arguments.overwrite)
    predictor, measured = measure("evaluating", arguments, info)
    findings = find(measured, info.classes, info.temperature)
    if arguments.report is not None:
        facts = ReportFacts(
            info=info,
            model_id=predictor.model_id,
            data=str(arguments.data),
            notice=str(predictor.notice),
            created_utc=utc_now(),
        )
        page = write_report(arguments.report, findings, facts, predictor)
        if not arguments.quiet:
            sys.stderr.write(f"Wrote {page}.\n")
    if arguments.record:
        _record(arguments.model, arguments.record, findings.figures)
    if arguments.json:
        about = {
            "model_id": predictor.model_id,
            "data": str(arguments.data),
            "unreadable": len(measured.unreadable),
            "several_labels": [str(path) for path in measured.several_labels],
        }
        sys.stdout.write(json.dumps(findings.to_dict() | about) + "\n")
    else:
        sys.stdout.write(findings.figures.to_text())
    return report_unreadable(measured.unreadable)
