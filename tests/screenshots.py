"""Pictures of all screens, as they really are: `python tests/screenshots.py FOLDER`.

Uses the starter model, or the one given by `--model`; a display is not needed. `--only` takes those screens alone
whose names hold a text, `--size`, `--scale` and `--language` show them otherwise, and `--readme` renews the
pictures in `resources/screenshots`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README_FOLDER = ROOT / "resources" / "screenshots"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=README_FOLDER)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--only", default="", help="a part of the names of the screens wanted")
    parser.add_argument("--theme", choices=("light", "dark"), action="append")
    parser.add_argument("--language", default="en")
    parser.add_argument("--size", default="1280x720", help="of the window, as WIDTHxHEIGHT")
    parser.add_argument("--scale", default="1", help="device pixels for each of the window's")
    parser.add_argument("--readme", action="store_true", help="the pictures of the README, and no others")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = arguments.scale
    from screens import README_SCREENS, SCREENS  # Qt reads its environment when it is imported
    from stage import Stage

    chosen = README_SCREENS if arguments.readme else SCREENS
    width, height = (int(part) for part in arguments.size.split("x"))
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, screen in chosen.items():
        if arguments.only not in name:
            continue
        with tempfile.TemporaryDirectory() as home:
            os.environ["VIMD_HOME"] = home
            stage = Stage(
                arguments.folder,
                name,
                themes=tuple(arguments.theme or ("light", "dark")),
                language=arguments.language,
                size=(width, height),
                model=arguments.model,
            )
            try:
                screen(stage)
            finally:
                stage.close()
        print(name, flush=True)


if __name__ == "__main__":
    tests = Path(__file__).parent
    sys.path[:0] = [str(tests), str(tests / "helpers"), str(tests / "helpers" / "media")]
    main()
