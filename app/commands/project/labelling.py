"""`vimd project label`: take labels from a table, from folders, or give one class to captures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.commands.project.opening import author, opened, print_json
from vimd_core.errors import VimdError

if TYPE_CHECKING:
    from app.exchange.label_import import LabelDraft
    from app.exchange.label_plan import ImportChoice, LabelPlan, LeftOutWhy
    from app.storage.project import Project

_CHOICES: Final = ("only-new", "keep-mine", "take-theirs")
_SHOWN: Final = 10


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    label = commands.add_parser(
        "label",
        help="label captures of a project",
        description="Label captures from a file (CSV, JSON Lines, COCO and others), from their folder "
        "names, or all with one class (--class). Existing labels are kept unless --choice "
        "says otherwise. Each run can be undone in the window as one step.",
    )
    label.add_argument("project", type=Path, help="project folder (NAME.vimd)")
    label.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="captures to label with --class")
    source = label.add_mutually_exclusive_group(required=True)
    source.add_argument("--table", type=Path, metavar="FILE", help="import labels from a file")
    source.add_argument("--folders", action="store_true", help="use folder names as classes")
    source.add_argument("--class", dest="class_name", metavar="NAME", help="label each PATH with this class")
    label.add_argument(
        "--level", type=int, metavar="N", help="with --folders: folder level that names the class (automatic)"
    )
    label.add_argument(
        "--choice",
        choices=_CHOICES,
        default="only-new",
        help="label only unreviewed captures, also captures marked as unsure, or replace differing "
        "labels (only-new)",
    )
    label.add_argument("--author", default="", help="user name for the history (yours)")
    label.add_argument("--dry-run", action="store_true", help="show the changes without writing them")
    label.add_argument("--json", action="store_true", help="machine-readable output")
    label.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Label, say what was done, and return the exit code."""
    from app.exchange.label_import import take_labels
    from app.exchange.label_plan import ImportChoice

    if bool(arguments.paths) != (arguments.class_name is not None):
        raise VimdError("Name the captures that --class is for, and give no paths without it.")
    choice = ImportChoice(arguments.choice)
    with opened(arguments.project) as project:
        plan = _plan(project, arguments)
        written = 0
        if not arguments.dry_run and (plan.chosen(choice) or plan.groups):
            result = take_labels(project, plan, choice, author(arguments.author))
            written = len(result.capture_ids)
    if arguments.json:
        print_json(_plain(plan, choice, written))
    else:
        sys.stdout.write(_text(plan, choice, written, is_dry=arguments.dry_run))
    return 0


def _plan(project: Project, arguments: argparse.Namespace) -> LabelPlan:
    from app.exchange.label_import import draft_from_folders, draft_from_table
    from app.exchange.path_labels import plan_of_paths

    if arguments.class_name is not None:
        marks = project.read(lambda unit: unit.label_import.marks()).result()
        return plan_of_paths(marks, dict.fromkeys(arguments.paths, arguments.class_name))
    if arguments.table is not None:
        return draft_from_table(project, arguments.table).plan()
    draft = draft_from_folders(project)
    if arguments.level is not None:
        draft = draft.at_level(_checked_level(draft, arguments.level))
    return draft.plan()


def _checked_level(draft: LabelDraft, level: int) -> int:
    known = [one.number for one in draft.levels]
    if not known:
        raise VimdError("The captures are not in class folders: use --table or --class.")
    if level not in known:
        listed = ", ".join(map(str, known))
        raise VimdError(
            "There is no level {level} of folders here: use one of {listed}.", level=level, listed=listed
        )
    return level


def _plain(plan: LabelPlan, choice: ImportChoice, written: int) -> dict[str, object]:
    return {
        "written": written,
        "new": len(plan.new),
        "equal": plan.equal,
        "different": [
            {
                "path": one.file,
                "is": one.before_label,
                "would_be": one.label,
                "state": one.before[0].name.lower(),
            }
            for one in plan.different
        ],
        "new_classes": [
            {"class": one.name, "captures": one.captures, "near": list(one.near)}
            for one in plan.new_classes(choice)
        ],
        "left_out": [
            {"line": one.line, "name": one.name, "why": str(one.why), "detail": one.detail}
            for one in plan.left_out
        ],
    }


def _text(plan: LabelPlan, choice: ImportChoice, written: int, *, is_dry: bool) -> str:
    chosen = len(plan.chosen(choice))
    count = chosen if is_dry else written
    labels = f"{count:,} label{'' if count == 1 else 's'}"
    first = f"{labels} would be written" if is_dry else f"{labels} written"
    kept = len(plan.different) - (chosen - len(plan.new))
    lines = [f"{first}; {plan.equal:,} are so already, {kept:,} differ from yours and stay"]
    for one in plan.new_classes(choice):
        near = f", near {', '.join(one.near)}" if one.near else ""
        lines.append(f"  new class {one.name} ({one.captures:,}{near})")
    lines += [
        f"  {one.file}: is {one.before_label or one.before[0].name.lower()}"
        for one in plan.different[:_SHOWN]
        if kept
    ]
    for left in plan.left_out[:_SHOWN]:
        place = f"line {left.line}, " if left.line else ""
        detail = f" ({left.detail})" if left.detail else ""
        lines.append(f"  left out: {place}{left.name}: {_why(left.why)}{detail}")
    if len(plan.left_out) > _SHOWN:
        lines.append(f"  left out: {len(plan.left_out) - _SHOWN:,} more (--json lists all)")
    return "\n".join(lines) + "\n"


def _why(why: LeftOutWhy) -> str:
    said = {
        "unknown": "no capture with this name in the project",
        "not-in-project": "not in the project: add it first",
    }
    return said.get(str(why), str(why).replace("-", " "))
