"""The Chinese translation is whole, up to date, and fits what it translates."""

from __future__ import annotations

import ast
import re
import shutil
import string
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import ROOT
from PySide6.QtCore import QCoreApplication, QTranslator

from app.item_models.worded import worded
from app.views.window.help_dialog import manual
from vimd_core.errors import DatasetError, ImageError
from vimd_core.user_messages import Sentence, sentence_from_json, verbatim

sys.path.insert(0, str(ROOT / "installer"))
import translations

CATALOGUE = translations.FOLDER / "studio_zh_CN.ts"
PLACE = re.compile(r"\{[^{}]*\}")


def messages(path: Path) -> Iterator[tuple[str, str, str]]:
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            yield (
                context.findtext("name") or "",
                message.findtext("source") or "",
                "".join(message.find("translation").itertext()).strip(),
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
            assert not re.search(r"\b1 (?!is\b|was\b|has\b)(?:\w+ )?\w+(?<!s)s\b(?<!is|as)", text), text


def test_every_counted_text_of_the_sources_is_in_the_catalogues() -> None:
    counted = {
        node.value
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "%Ln" in node.value
    }
    assert len(counted) > 30 and counted - {source for _, source in counted_messages()} == set()


def test_every_counted_text_is_counted_in_chinese(in_chinese: None) -> None:
    for context, source in counted_messages():
        text = QCoreApplication.translate(context, source, "", 7)
        assert text != source and "7" in text and "(s)" not in text and "%Ln" not in text, source


@pytest.mark.parametrize(
    ("source", "one", "many"),
    [
        ("%Ln capture(s)", "%Ln capture", "%Ln captures"),
        ("%Ln class(es) (is/are) left", "%Ln class is left", "%Ln classes are left"),
        ("%Ln: (it is/they are) look(s/)", "%Ln: it is looks", "%Ln: they are look"),
    ],
)
def test_a_source_holds_both_forms(source: str, one: str, many: str) -> None:
    assert translations.english_forms(source) == (one, many)


# What can be counted. A number before one of these needs the form that fits it.
COUNTED = (
    "captures|files|labels|classes|models|steps|epochs|images|pictures|rows|sources|copies|folders|lines"
)


def test_nothing_is_counted_in_one_form_alone() -> None:
    """ "1 captures" is nowhere: numbers before a plural go through tr(…, "", n)."""
    wrong = re.compile(rf"\{{[^{{}}]*\}} (?:\w+ )?(?:{COUNTED})\b(?!/s)")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("views", "item_models", "services")
        for path in sorted((ROOT / "app" / folder).rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if wrong.search(line)
    ]
    assert found == []


def test_what_is_shown_has_its_numbers_in_the_users_locale_and_no_plural_of_its_own() -> None:
    """Counts go through `number_text.count`, and "1 …" through tr(…, "", n)."""
    wrong = re.compile(r":,\}|(?:tr|translate)\([^()]*\"1 ")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("views", "item_models", "services")
        for path in sorted((ROOT / "app" / folder).rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if wrong.search(line)
    ]
    assert found == []


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


def catalogue() -> dict[str, str]:
    """The Chinese of all errors and messages, by their English template."""
    return {
        source: chinese for context, source, chinese in messages(CATALOGUE) if context == translations.CONTEXT
    }


def sources() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in translations.source_files()}


def templates(call: ast.Call) -> list[str] | None:
    """The templates that an error or a message may be made of; None where they are not written out."""
    (wording,) = call.args
    if isinstance(wording, ast.Call) and isinstance(wording.func, ast.Name) and wording.func.id == "plural":
        options = wording.args[1:]
    else:
        options = [wording]
    if not all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in options):
        return None
    return [one.value for one in options if isinstance(one, ast.Constant)]


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def makings() -> Iterator[tuple[str, ast.Call]]:
    """Where an error is raised or a message is made, and where that stands."""
    trees = sources()
    makers = {"sentence", *translations.error_classes(list(trees.values()))}
    for path, tree in trees.items():
        for call in translations.makings(tree, makers):
            # The one place where errors make their messages.
            if not (path.name == "errors.py" and path.parent.name == "vimd_core"):
                yield f"{path.relative_to(ROOT)}:{call.lineno}", call


def test_every_error_and_message_is_a_template_with_its_arguments() -> None:
    """Neither an f-string nor a text that was put together: what is said can be worded in another language."""
    found = 0
    for place, call in makings():
        found += 1
        options = templates(call)
        assert options is not None, place
        given = {keyword.arg for keyword in call.keywords}
        for template in options:
            if given or "{" in template:
                # TrainingStoppedError has its step, whether it is told or not.
                assert places(template) <= given and given - places(template) <= {"step"}, place
    assert found > 500, "they are not found any more"


def test_every_error_and_message_has_both_wordings() -> None:
    chinese = catalogue()
    for place, call in makings():
        for template in templates(call) or []:
            assert chinese.get(template), f"{place}: {template}"


def test_every_error_class_is_worded() -> None:
    """All error classes of both packages: each says something, in both languages."""
    trees = list(sources().values())
    chinese = catalogue()
    said: dict[str, set[str]] = {kind: set() for kind in translations.error_classes(trees)}
    for _, call in makings():
        kind = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if kind in said:
            said[kind].update(templates(call) or [])
    # What is said by a class may be made elsewhere: `XError.of(message)`.
    passed_on = {
        node.func.value.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "of"
        and isinstance(node.func.value, ast.Name)
    }
    assert len(said) > 20, "they are not found any more"
    for kind, wordings in said.items():
        assert wordings or kind in passed_on, f"nothing is said by {kind}"
        assert all(chinese.get(wording) for wording in wordings), kind


def a_nested_failure() -> Sentence:
    damaged = ImageError("{path} is a folder, not an image.", path="/图 片")
    return DatasetError("{path}: {reason}", path="{a}", reason=damaged).sentence


def test_a_message_is_worded_in_chinese_with_what_is_inside_of_it(in_chinese: None) -> None:
    assert worded(a_nested_failure()) == "{a}：/图 片 是文件夹，不是图像。"
    assert worded(verbatim("{no} place")) == "{no} place"
    assert worded(sentence_from_json("Nobody knows this {sentence}.")) == "Nobody knows this {sentence}."


def test_english_stays_english(qapp: QCoreApplication) -> None:
    assert worded(a_nested_failure()) == "{a}: /图 片 is a folder, not an image."


def test_manuals_have_the_same_chapters() -> None:
    english, chinese = manual("en"), manual("zh_CN")
    assert manual("xx") == english != chinese
    for mark in ("\n## ", "\n| ", "\n- "):
        assert english.count(mark) == chinese.count(mark)
