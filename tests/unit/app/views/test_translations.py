"""The Chinese translation is whole, up to date, and fits what it translates."""

from __future__ import annotations

import ast
import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import ROOT
from PySide6.QtCore import QCoreApplication, QTranslator

from app.views.window.help_dialog import manual
from app.views.wording.errors import PATTERNS, localised

sys.path.insert(0, str(ROOT / "installer"))
import translations

CATALOGUE = translations.FOLDER / "studio_zh_CN.ts"
PLACE = re.compile(r"\{\d\}")


def messages(path: Path) -> Iterator[tuple[str, str, str]]:
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            yield (
                context.findtext("name") or "",
                message.findtext("source") or "",
                message.findtext("translation") or "",
            )


def test_every_text_is_translated_and_none_is_left_over(tmp_path: Path) -> None:
    fresh = tmp_path / CATALOGUE.name
    shutil.copy(CATALOGUE, fresh)
    translations.update(fresh)
    assert translations.unfinished(fresh) == []
    assert sorted(messages(fresh)) == sorted(messages(CATALOGUE)), "run python installer/translations.py"


def test_what_the_program_reads_is_made_of_what_people_edit(tmp_path: Path) -> None:
    made = tmp_path / "made.qm"
    translations.compile_catalogue(CATALOGUE, made)
    assert made.read_bytes() == CATALOGUE.with_suffix(".qm").read_bytes()


def test_english_plurals_are_those_of_the_sources(tmp_path: Path) -> None:
    fresh, made = tmp_path / translations.ENGLISH.name, tmp_path / "made.qm"
    translations.update_english(fresh)
    assert fresh.read_bytes() == translations.ENGLISH.read_bytes(), "run python installer/translations.py"
    translations.compile_catalogue(fresh, made)
    assert made.read_bytes() == translations.ENGLISH.with_suffix(".qm").read_bytes()


def counted_messages() -> list[tuple[str, str]]:
    return [
        (context.findtext("name") or "", message.findtext("source") or "")
        for context in ElementTree.parse(translations.ENGLISH).getroot().iter("context")
        for message in context.iter("message")
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 1234])
def test_every_counted_text_has_its_number_and_the_right_form(qapp: QCoreApplication, count: int) -> None:
    """One is singular, everything else plural; nothing of "(s)" is left in either language."""
    assert counted_messages()
    for context, source in counted_messages():
        text = QCoreApplication.translate(context, source, "", count)
        assert text == translations.english_forms(source)[count != 1].replace("%Ln", f"{count:,}"), source
        assert not re.search(r"\(s\)|\(es\)|\(\w+/\w+\)|%L?n", text), text
        if count == 1:
            assert not re.search(r"\b1 \w+s\b(?<!ss)", text), text


def test_every_counted_text_is_counted_in_chinese(in_chinese: None) -> None:
    for context, source in counted_messages():
        text = QCoreApplication.translate(context, source, "", 7)
        assert "7" in text and "(s)" not in text and "%" not in text.replace("%Ln", "%"), source


@pytest.mark.parametrize(
    ("source", "one", "many"),
    [
        ("%Ln capture(s)", "%Ln capture", "%Ln captures"),
        ("%Ln class(es) (is/are) left", "%Ln class is left", "%Ln classes are left"),
    ],
)
def test_a_source_holds_both_forms(source: str, one: str, many: str) -> None:
    assert translations.english_forms(source) == (one, many)


def test_places_and_mnemonics_are_kept() -> None:
    for _, source, translation in messages(CATALOGUE):
        assert set(PLACE.findall(source)) == set(PLACE.findall(translation)), source
        assert source.count("&") == translation.count("&"), source
        assert source.endswith("…") == translation.endswith("…"), source


@pytest.fixture
def in_chinese(qapp: QCoreApplication) -> Iterator[None]:
    translator = QTranslator()
    assert translator.load(str(CATALOGUE.with_suffix(".qm")))
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def test_errors_from_below_are_put_into_words(in_chinese: None) -> None:
    for pattern in PATTERNS:
        values = ["/a b/c.png", "No space left on device", "7", "16"]
        sentence = pattern.format(*values)
        translated = localised(sentence)
        assert translated != sentence
        for place in PLACE.findall(pattern):
            assert values[int(place[1])] in translated
    assert localised("Nobody knows this sentence.") == "Nobody knows this sentence."


def raised_sentences(folder: Path) -> Iterator[tuple[Path, str]]:
    """The sentences that sources raise as errors or take down as left out, with {} for what stands in them."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            said = node.args[0].elt if isinstance(node.args[0], ast.GeneratorExp) else node.args[0]
            parts = said.values if isinstance(said, ast.JoinedStr) else [said]
            text = "".join(
                re.sub(r"\{\w+[^}]*\}", "{}", part.value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
                else "{}"
                for part in parts
            )
            if (called.endswith("Error") or called in ("append", "extend", "leave_out")) and len(
                text.split()
            ) > 3:
                yield path, text


def test_every_error_of_the_app_is_known() -> None:
    known = {PLACE.sub("{}", pattern) for pattern in PATTERNS}
    # What only a terminal shows stays English.
    terminal = ROOT / "app" / "commands"
    sentences = [each for each in raised_sentences(ROOT / "app") if not each[0].is_relative_to(terminal)]
    assert len(sentences) > 25, "they are not found any more"
    assert [each for each in sentences if each[1] not in known] == []


def test_english_stays_english(qapp: QCoreApplication) -> None:
    assert localised(PATTERNS[0]) == PATTERNS[0]


def test_manuals_have_the_same_chapters() -> None:
    english, chinese = manual("en"), manual("zh_CN")
    assert manual("xx") == english != chinese
    for mark in ("\n## ", "\n| ", "\n- "):
        assert english.count(mark) == chinese.count(mark)
