"""`vimd project export`: write captures, answers and labels out, as the window does."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.commands.project.opening import opened, print_json
from app.domain.export_format import ExportFormat
from vimd_core.errors import VimdError
from vimd_core.processes.atomic_files import is_stream

if TYPE_CHECKING:
    from app.domain.capture_query import CaptureQuery

_WHICH: Final = ("all", "reviewed", "corrected")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    export = commands.add_parser(
        "export",
        help="export labels and predictions",
        description="Export the captures of a project with labels and predictions: a table (.csv), "
        "COCO labels (.json), or a folder with one sub-folder per class. Writes everything "
        "or nothing.",
    )
    export.add_argument("project", type=Path, help="project folder (NAME.vimd)")
    export.add_argument("target", type=Path, help="output file, or a new folder")
    export.add_argument(
        "--format",
        choices=[str(form) for form in ExportFormat],
        help="format (default: from the extension of TARGET, otherwise folders)",
    )
    export.add_argument("--which", choices=_WHICH, default="all", help="captures to export (all)")
    export.add_argument("--overwrite", action="store_true", help="replace an existing file")
    export.add_argument("--json", action="store_true", help="machine-readable output")
    export.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Export, and return the exit code."""
    from app.exchange.export_run import ExportRequest, export_captures

    target: Path = arguments.target
    form = form_of(target, arguments.format)
    check_target(target, overwrite=arguments.overwrite)
    request = ExportRequest(form, query_of(arguments.which), target)
    with opened(arguments.project) as project:
        done = export_captures(project, request, threading.Event(), lambda _progress: None)
    count, report = done.count, done.report
    changed = {"changed": len(report.changed), "gone": len(report.gone), "left_out": done.left_out}
    if arguments.json:
        print_json({"captures": count, "target": str(target), "format": str(form), **changed})
        return 0
    out = sys.stderr if is_stream(target) else sys.stdout
    out.write(f"Wrote {count:,} captures to {target}.\n")
    for number, what in (
        (len(report.changed), "have changed on disk"),
        (len(report.gone), "no longer exist"),
        (done.left_out, "were left out with their labels, since they are missing or can't be read"),
    ):
        if number:
            sys.stderr.write(f"{number:,} files {what}.\n")
    return 0


def check_target(target: Path, *, overwrite: bool) -> None:
    """See that an export replaces no file unasked.

    Raises:
        VimdError: it would.
    """
    if target.exists() and not overwrite and not target.is_dir() and not is_stream(target):
        raise VimdError(
            "{target} already exists: choose another name, or add --overwrite to replace it.", target=target
        )


def form_of(target: Path, wanted: str | None) -> ExportFormat:
    """What is written: as it is asked for, or as the target is called."""
    by_name = {form.suffix: form for form in ExportFormat}
    if wanted is not None:
        return ExportFormat(wanted)
    if is_stream(target):
        return ExportFormat.CSV
    return by_name.get(target.suffix.lower(), ExportFormat.FOLDERS)


def query_of(which: str) -> CaptureQuery:
    """The captures that are meant: "all", "reviewed" or "corrected"."""
    from app.domain.capture_query import CaptureQuery
    from app.domain.records import ReviewState

    states = {
        "reviewed": frozenset(ReviewState) - {ReviewState.UNREVIEWED},
        "corrected": frozenset({ReviewState.CORRECTED}),
    }
    return CaptureQuery(states=states.get(which))
