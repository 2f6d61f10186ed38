"""`vimd project list`: what is in a project."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.commands.project.opening import opened, print_json

if TYPE_CHECKING:
    from app.domain.capture_query import CaptureQuery
    from app.domain.records import ExportRow
    from app.storage.project import Project
    from app.storage.unit import Unit

_WHAT: Final = ("summary", "classes", "captures")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    lister = commands.add_parser(
        "list",
        help="show the contents of a project",
        description="Show how many captures a project has and how they are labelled, or list its "
        "classes or captures.",
    )
    lister.add_argument("project", type=Path, help="project folder (NAME.vimd)")
    lister.add_argument("what", nargs="?", choices=_WHAT, default="summary", help="what to list (summary)")
    lister.add_argument("--json", action="store_true", help="print JSON Lines")
    lister.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List it."""
    with opened(arguments.project) as project:
        if arguments.what == "captures":
            _show((_capture(row) for row in captures_of(project)), as_json=arguments.json)
        elif arguments.what == "classes":
            _show(_classes(project), as_json=arguments.json)
        else:
            from app.storage.regrouping import regroup

            counts = asdict(project.read(lambda unit: unit.captures.counts()).result())
            counts["things"] = regroup(project).things
            model = project.read(lambda unit: unit.models.active_record()).result()
            summary = {"project": project.name, **counts, "active_model": model.name if model else ""}
            if arguments.json:
                print_json(summary)
            else:
                width = max(map(len, summary))
                lines = [f"{name.replace('_', ' '):<{width}}  {value}" for name, value in summary.items()]
                sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _show(rows: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    for row in rows:
        if as_json:
            print_json(row)
        else:
            sys.stdout.write("\t".join("" if value is None else str(value) for value in row.values()) + "\n")


def _classes(project: Project) -> list[dict[str, Any]]:
    def work(unit: Unit) -> list[dict[str, Any]]:
        counts = unit.captures.class_counts()
        return [
            {"class": one.name, "labelled": counts.labelled.get(one.id, 0), "id": one.id}
            for one in unit.catalogue.classes()
        ]

    return project.read(work).result()


def captures_of(project: Project, query: CaptureQuery | None = None) -> Iterator[ExportRow]:
    """The captures of a project with labels and predictions, in pages.

    Args:
        project: is open.
        query: which captures, in which order; None takes all.
    """
    from app.domain.capture_query import CaptureQuery
    from app.exchange.export_run import rows_of

    wanted = CaptureQuery() if query is None else query
    ids = project.read(lambda unit: unit.captures.find(wanted).ids.tolist()).result()
    return rows_of(project, ids, threading.Event(), lambda _progress: None)


def _capture(row: ExportRow) -> dict[str, Any]:
    return {
        "path": str(row.path),
        "width_px": row.width_px,
        "height_px": row.height_px,
        "state": row.state.name.lower(),
        "label": row.label,
        "labelled_by": row.labelled_by,
        "model_label": row.predicted,
        "model_probability": row.probability,
        "error": str(row.problem or ""),
    }
