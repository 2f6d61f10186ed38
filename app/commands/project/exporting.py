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
        help="write labels and answers out",
        description="Write the captures of a project with their labels and answers: a table (.csv), COCO labels "
        "(.json), or a folder with a sub-folder for each class. Whole or not at all.",
    )
    export.add_argument("project", type=Path, help="folder of the project (NAME.vimd)")
    export.add_argument("target", type=Path, help="file, or a folder that is not there yet")
    export.add_argument(
        "--format",
        choices=[str(form) for form in ExportFormat],
        help="what to write (as TARGET is called; folders)",
    )
    export.add_argument("--which", choices=_WHICH, default="all", help="which captures (all)")
    export.add_argument("--overwrite", action="store_true", help="replace a file that is there already")
    export.add_argument("--json", action="store_true", help="for programs")
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
        (len(report.gone), "are not there any more"),
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
            "{target} is there already: choose another name, or add --overwrite to replace it.", target=target
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
