"""`vimd project add`: add captures to a project, as dropping them on the window does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.project.opening import opened, print_json
from vimd_core.commands.shared.arguments import report_unreadable
from vimd_core.commands.shared.inputs import add_path_arguments, given_paths
from vimd_core.commands.shared.progress import ProgressLine
from vimd_core.processes.child_process import child_command

if TYPE_CHECKING:
    from app.domain.progress import JobProgress
    from app.domain.records import AddedCaptures
    from app.exchange.import_run import ImportReport, ImportRun


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    add = commands.add_parser(
        "add",
        help="add captures to a project",
        description="Add image files, folders (including sub-folders) and ZIP archives. Captures "
        "already in the project are not changed. Exit code 3 if some files could not be "
        "read.",
    )
    add.add_argument("project", type=Path, help="project folder (NAME.vimd)")
    add_path_arguments(add, has_recursive=False)
    add.add_argument("--json", action="store_true", help="machine-readable output")
    add.add_argument("--quiet", action="store_true", help="hide progress")
    add.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Add them, and return the exit code."""
    from app.exchange.import_run import ImportRun

    paths = [path.absolute() for path in given_paths(arguments)]
    with (
        opened(arguments.project) as project,
        ProgressLine("adding", 0, quiet=arguments.quiet or arguments.json) as progress,
    ):

        def on_chunk(_run: ImportRun, _added: AddedCaptures, told: JobProgress) -> None:
            progress.meter.total = told.total or told.done
            progress.advance(told.done - progress.meter.done)

        report = ImportRun(project, paths, child_command("index"), on_chunk).run()
    if arguments.json:
        print_json(_plain(report))
    else:
        sys.stdout.write(_text(report))
    unreadable = report.unreadable + report.num_left_out
    code = report_unreadable([str(why) for why in report.left_out]) if not arguments.json else 0
    return code or (3 if unreadable else 0)


def _plain(report: ImportReport) -> dict[str, object]:
    return {
        "added": report.added,
        "unreadable": report.unreadable,
        "known": report.known,
        "duplicates": report.num_duplicates,
        "changed": report.changed,
        "moved": report.moved,
        "returned": report.returned,
        "other_files": dict(report.others),
        "left_out": [str(why) for why in report.left_out],
    }


def _text(report: ImportReport) -> str:
    counts = (
        (report.unreadable, "unreadable"),
        (report.known, "already in the project"),
        (report.num_duplicates, "duplicates skipped"),
        (report.changed, "changed on disk"),
        (report.moved, "renamed or moved"),
        (report.returned, "restored"),
        (report.others.total(), "other files ignored"),
    )
    lines = [f"{report.added:,} captures added"]
    lines += [f"  {count:,} {what}" for count, what in counts if count]
    return "\n".join(lines) + "\n"
