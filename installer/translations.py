"""Brings the translations up to date with the sources, and makes of them what the program reads.

Usage: python installer/translations.py, with the project installed. New texts come into `resources/translations/*.ts`
as unfinished; translate them with Qt Linguist (`pyside6-linguist`) or an editor, and run it again.

English needs no translation, but plurals: `studio_en.ts` is made of the sources alone. "%Ln capture(s) (is/are) left"
becomes "1 capture is left" and "2 captures are left".
"""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("zh_CN",)
ENGLISH = FOLDER / "studio_en.ts"
# "(s)" and "(es)" are there in the plural alone; of "(is/are)" the first is for one.
_CHOICE = re.compile(r"\((?:(s|es)|([^()/ ]+)/([^()/ ]+))\)")


def update(target: Path) -> None:
    """Add the sources' new texts to a .ts file, and take those away that are in no source any more."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "app").rglob("*.py"))
    _run("lupdate", *sources, "-ts", str(target), "-no-obsolete", "-locations", "none")


def update_english(target: Path) -> None:
    """Make the .ts file of the sources' plurals anew."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "app").rglob("*.py"))
    _run(
        *("lupdate", *sources, "-ts", str(target), "-no-obsolete", "-locations", "none", "-pluralonly"),
        *("-source-language", "en", "-target-language", "en"),
    )
    tree = ElementTree.parse(target)
    for message in tree.getroot().iter("message"):
        translation = message.find("translation")
        if translation is not None:
            translation.attrib.pop("type", None)
            translation[:] = []
            for text in english_forms(message.findtext("source") or ""):
                ElementTree.SubElement(translation, "numerusform").text = text
    ElementTree.indent(tree, "    ")
    tree.write(target, encoding="utf-8", xml_declaration=True)


def english_forms(source: str) -> tuple[str, str]:
    """A text for one, and for any other number."""
    one = _CHOICE.sub(lambda found: found[2] or "", source)
    return one, _CHOICE.sub(lambda found: found[3] or found[1], source)


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
        or not all(form.text for form in translation.findall("numerusform") or [translation])
    ]


def main() -> int:
    """Update and compile; the exit code is 1 while something is not translated."""
    missing = 0
    update_english(ENGLISH)
    compile_catalogue(ENGLISH, ENGLISH.with_suffix(".qm"))
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
