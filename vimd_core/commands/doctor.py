"""`vimd doctor`: what works on this machine, what does not, and why."""

from __future__ import annotations

import argparse
import json
import sys
from itertools import groupby


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "doctor",
        help="check this installation and machine",
        description="Check this installation and machine. Exit code 1 if a required component does not work.",
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the diagnosis, and return the exit code."""
    from vimd_core.diagnostics import diagnose

    findings = diagnose()
    problems = sum(finding.problem for finding in findings)
    if arguments.json:
        sections: dict[str, dict[str, dict[str, object]]] = {}
        for finding in findings:
            entry = {"value": finding.value, "problem": finding.problem}
            sections.setdefault(finding.section, {})[finding.name] = entry
        sys.stdout.write(json.dumps({"problems": problems, "sections": sections}, indent=2) + "\n")
        return 1 if problems else 0
    width = max(len(finding.name) for finding in findings) + 2
    for section, group in groupby(findings, key=lambda finding: finding.section):
        sys.stdout.write(f"{section}\n")
        for finding in group:
            mark = "!" if finding.problem else " "
            sys.stdout.write(f"{mark} {finding.name:<{width}}{finding.value}\n")
        sys.stdout.write("\n")
    counted = "1 problem" if problems == 1 else f"{problems} problems"
    sys.stdout.write(
        f"{counted}, marked with !\n" if problems else "All required components are available.\n"
    )
    return 1 if problems else 0
