"""Brings the translations up to date with the sources, and makes of them what the program reads.

Usage: python installer/translations.py, with the project installed. New texts come into `resources/translations/*.ts`
as unfinished; translate them with Qt Linguist (`pyside6-linguist`) or an editor, and run it again.

English needs no translation, but plurals: `studio_en.ts` is made of the sources alone. "%Ln capture(s) (is/are) left"
becomes "1 capture is left" and "2 captures are left".
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("zh_CN",)
ENGLISH = FOLDER / "studio_en.ts"
# "(s)" and "(es)" are there in the plural alone; of "(is/are)" the first is for one.
_CHOICE = re.compile(r"\((?:(s|es)|([^()/]+)/([^()/]*))\)")
CONTEXT = "Sentences"
_BASE = "VimdError"
_MAKERS = ("sentence", "plural")


def update(target: Path) -> None:
    """Add the sources' new texts to a .ts file, and take those away that are in no source any more."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "app").rglob("*.py"))
    with tempfile.TemporaryDirectory() as folder:
        # lupdate knows only Qt's own functions: errors and messages are shown to it as these.
        listed = Path(folder) / "sentences.py"
        lines = (
            f'QT_TRANSLATE_NOOP("{CONTEXT}", {json.dumps(text, ensure_ascii=False)})\n'
            for text in sorted(wordings())
        )
        listed.write_text("".join(lines), encoding="utf-8")
        counted = _list_counted(Path(folder))
        # What is counted comes first: the other form of the same text is left out then.
        _run(
            "lupdate",
            counted,
            *sources,
            str(listed),
            "-ts",
            str(target),
            "-no-obsolete",
            "-locations",
            "none",
        )


def wordings() -> set[str]:
    """The English templates of all errors and messages in `vimd_core` and `app`."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in source_files()]
    makers = {*_MAKERS, *error_classes(trees)}
    return {
        argument.value
        for tree in trees
        for call in makings(tree, makers)
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def source_files() -> list[Path]:
    """All modules that may say something to a user."""
    return sorted(path for package in ("vimd_core", "app") for path in (ROOT / package).rglob("*.py"))


def error_classes(trees: list[ast.Module]) -> set[str]:
    """The names of the errors that are shown to users."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {_BASE}
    while more := {name for name, of in bases.items() if of & known} - known:
        known |= more
    return known


def makings(tree: ast.Module, makers: set[str]) -> Iterator[ast.Call]:
    """Where a module makes an error or a message."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in makers:
            yield node


def update_english(target: Path) -> None:
    """Make the .ts file of the sources' plurals anew."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "app").rglob("*.py"))
    with tempfile.TemporaryDirectory() as folder:
        _run(
            *("lupdate", _list_counted(Path(folder)), *sources, "-ts", str(target), "-no-obsolete"),
            *("-locations", "none", "-pluralonly", "-source-language", "en", "-target-language", "en"),
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


def _list_counted(folder: Path) -> str:
    """A source that holds what `translate(context, text, "", count)` counts: lupdate knows plurals of `tr` alone."""
    lines = [
        f"class {call.args[0].value}(QObject):\n    def f(self):\n"
        f'        self.tr({json.dumps(call.args[1].value, ensure_ascii=False)}, "", n)\n'
        for path in sorted((ROOT / "app").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and _name(call.func) == "translate" and len(call.args) == 4
    ]
    listed = folder / "counted.py"
    listed.write_text("".join(lines), encoding="utf-8")
    return str(listed)


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


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _run(tool: str, *arguments: str) -> None:
    """Qt's tools come with PySide6, beside the interpreter."""
    command = Path(sys.executable).parent / f"pyside6-{tool}"
    subprocess.run([str(command), *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
