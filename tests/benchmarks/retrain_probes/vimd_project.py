"""`vimd project` as a script, for checkouts whose environment does not know the command: ... retrain PROJECT."""

from __future__ import annotations

import argparse
import sys

from app.commands import project
from vimd_core.errors import VimdError


def _main() -> int:
    parser = argparse.ArgumentParser()
    project.add_parser(parser.add_subparsers(dest="command"))
    arguments = parser.parse_args(["project", *sys.argv[1:]])
    try:
        return int(arguments.run(arguments))
    except VimdError as e:
        sys.stderr.write(f"{e}\n")
        return 1


if __name__ == "__main__":
    sys.exit(_main())
