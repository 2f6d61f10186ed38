"""`vimd project suggest`: a class for every capture, learnt from the labels of the project."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.commands.project.opening import opened, print_json, stop_flag
from vimd_core.api.project_records import ProjectSuggestion
from vimd_core.commands.shared.progress import ProgressLine
from vimd_core.processes.child_process import child_command


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    suggest = commands.add_parser(
        "suggest",
        help="suggest classes for the captures of a project",
        description="Suggest a class for every capture without a label, learned from the labels in the project "
        "(at least two classes). Prints path, suggestion, confidence, and novelty: the probability that the "
        "capture is of none of the labelled classes. Nothing is labelled. The first run looks at every capture, "
        "which takes a while; later runs only at new ones.",
    )
    suggest.add_argument("project", type=Path, help="project folder (NAME.vimd)")
    suggest.add_argument("--all", action="store_true", help="also list captures that have a label")
    suggest.add_argument("--json", action="store_true", help="print JSON Lines")
    suggest.add_argument("--quiet", action="store_true", help="hide progress")
    suggest.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Suggest, print, and return the exit code."""
    from app.suggestions.suggestion_run import suggest_for

    with (
        opened(arguments.project) as project,
        stop_flag() as stopped,
        ProgressLine("analyzing", 0, quiet=arguments.quiet or arguments.json) as progress,
    ):

        def on_done(done: int, total: int) -> None:
            progress.meter.total = total
            progress.advance(done - progress.meter.done)

        rows = suggest_for(project, child_command(), on_done, lambda: bool(stopped))
    for row in rows:
        if arguments.all or row.label is None:
            _show(row, as_json=arguments.json)
    return 0


def _show(row: ProjectSuggestion, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "path": str(row.path),
                "label": row.label,
                "suggestion": row.suggestion,
                "confidence": round(row.confidence, 4),
                "novelty": round(row.novelty, 4),
            }
        )
    else:
        sys.stdout.write(f"{row.path}\t{row.suggestion}\t{row.confidence:.4f}\t{row.novelty:.4f}\n")
