"""`vimd benchmark`: figures of this machine, side by side with what they are compared to."""

from __future__ import annotations

import argparse
import sys


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser("benchmark", help="measure this machine")
    parser.add_argument("name", help="which benchmark; `vimd benchmark list` names them")
    parser.add_argument("--json", action="store_true", help="print one JSON array of rows")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="for the benchmark itself")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run one benchmark and print its rows."""
    from vimd_core.benchmarks import registry
    from vimd_core.benchmarks.rows import to_json, to_table

    if arguments.name == "list":
        sys.stdout.write("\n".join(registry.names()) + "\n")
        return 0
    rest = [argument for argument in arguments.arguments if argument != "--json"]
    rows = registry.find(arguments.name)(rest)
    as_json = arguments.json or "--json" in arguments.arguments
    sys.stdout.write((to_json(rows) if as_json else to_table(rows)) + "\n")
    return 0
