"""`vimd project` in a process that tests kill: python killed_retrain.py retrain PROJECT ..."""

from __future__ import annotations

import argparse
import sys

from app.commands import project

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    project.add_parser(parser.add_subparsers(dest="command"))
    arguments = parser.parse_args(["project", *sys.argv[1:]])
    sys.exit(arguments.run(arguments))
