"""Brings the translations up to date with the sources, and makes of them what the program reads.

Usage: python installer/translations.py, with the project installed. New texts come into `resources/translations/*.ts`
as unfinished; translate them with Qt Linguist (`pyside6-linguist`) or an editor, and run it again.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("zh_CN",)


def update(target: Path) -> None:
    """Add the sources' new texts to a .ts file, and take those away that are in no source any more."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "app").rglob("*.py"))
    _run("lupdate", *sources, "-ts", str(target), "-no-obsolete", "-locations", "none")


def compile_catalogue(source: Path, target: Path) -> None:
    """Make the .qm file of a .ts file."""
    _run("lrelease", str(source), "-qm", str(target))


def unfinished(path: Path) -> list[str]:
    """Texts of a .ts file that have no translation yet."""
    return [
        message.findtext("source") or ""
        for message in ElementTree.parse(path).getroot().iter("message")
        if (translation := message.find("translation")) is None
        or translation.get("type") == "unfinished"
        or not translation.text
    ]


def main() -> int:
    """Update and compile; the exit code is 1 while something is not translated."""
    missing = 0
    for language in LANGUAGES:
        source = FOLDER / f"studio_{language}.ts"
        update(source)
        compile_catalogue(source, source.with_suffix(".qm"))
        for text in unfinished(source):
            missing += 1
            print(f"{language}: not translated: {text}")
    return 1 if missing else 0


def _run(tool: str, *arguments: str) -> None:
    """Qt's tools come with PySide6, beside the interpreter."""
    command = Path(sys.executable).parent / f"pyside6-{tool}"
    subprocess.run([str(command), *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
