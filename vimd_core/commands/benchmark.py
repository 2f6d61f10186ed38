"""`vimd benchmark`: figures of this machine, side by side with what they are compared to."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Final

EXIT_USAGE: Final = 2


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "benchmark",
        help="run benchmarks on this machine",
        description="Run benchmarks on this machine. `vimd benchmark list` describes each benchmark, "
        "and `vimd benchmark NAME --help` shows its options.",
        add_help=False,
    )
    parser.add_argument("name", nargs="?", default="", help="benchmark name, or list")
    parser.add_argument("--json", action="store_true", help="print one JSON array of rows")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="arguments of the benchmark")
    # A switch as any other, since argparse would answer it before it knows which benchmark is meant.
    parser.add_argument("-h", "--help", action="store_true", help="show this help message and exit")
    parser.set_defaults(run=run, print_help=parser.print_help)


def run(arguments: argparse.Namespace) -> int:
    """Run one benchmark and print its rows."""
    from vimd_core.benchmarks import registry

    rest = [argument for argument in arguments.arguments if argument != "--json"]
    as_json = arguments.json or "--json" in arguments.arguments
    wants_help = arguments.help or bool({"-h", "--help"} & set(rest))
    if arguments.name in ("", "list"):
        if wants_help or not arguments.name:
            arguments.print_help()
            return 0 if wants_help else EXIT_USAGE
        return _list(as_json=as_json)
    if wants_help:
        return _show_help(arguments.name)

    from vimd_core.benchmarks.rows import to_json, to_table

    rows = registry.find(arguments.name)(rest)
    if rows or as_json:  # one that only reports what earlier runs measured has printed that itself
        sys.stdout.write((to_json(rows) if as_json else to_table(rows)) + "\n")
    return 0


def _list(*, as_json: bool) -> int:
    from vimd_core.benchmarks import registry

    rows = [{"name": name, "what": registry.description(name)} for name in registry.names()]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    else:
        width = max(len(row["name"]) for row in rows)
        sys.stdout.write("".join(f"{row['name']:<{width}}  {row['what']}\n" for row in rows))
    return 0


def _show_help(name: str) -> int:
    """The help of a benchmark: its own where it has options, else what it says of itself."""
    from vimd_core.benchmarks import registry

    parser = registry.option_parser(name)
    if parser is not None:
        parser.print_help()
    else:
        usage = " ".join(filter(None, (f"vimd benchmark {name} [--json]", registry.usage(name))))
        sys.stdout.write(f"usage: {usage}\n\n{registry.description(name, whole=True)}\n")
    return 0
