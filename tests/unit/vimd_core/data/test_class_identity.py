from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from vimd_core.data.classes.class_identity import class_key, first_of_each, tidy_class_name


def test_case_unicode_form_and_surrounding_blanks_make_no_other_class() -> None:
    composed = "Café au lait"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    same = [
        composed,
        decomposed,
        composed.upper(),
        f"  {decomposed.upper()}\t",
        "\N{NO-BREAK SPACE}" + composed,
    ]
    assert len({class_key(name) for name in same}) == 1
    assert class_key("Straße") == class_key("STRASSE")


def test_everything_else_does() -> None:
    names = ["stop", "stop sign", "stop  sign", "stop-sign", "Café", "Cafe", "１", "1"]
    assert len({class_key(name) for name in names}) == len(names)


@given(st.text())
def test_a_key_and_a_tidied_name_stay_as_they_are(name: str) -> None:
    assert class_key(class_key(name)) == class_key(name)
    assert tidy_class_name(tidy_class_name(name)) == tidy_class_name(name)
    assert class_key(tidy_class_name(name)) == class_key(name)


def test_the_first_spelling_of_a_class_is_kept() -> None:
    assert first_of_each(["Stop", " STOP", "", "  ", "Yield"]) == {"stop": "Stop", "yield": "Yield"}


def test_a_name_is_one_line_of_text_that_commands_no_terminal_and_that_a_database_can_hold() -> None:
    assert tidy_class_name("Stop\r\nsign\x1b[31m\x07") == "Stop sign [31m"
    assert tidy_class_name("caf\udce9") == "caf\ufffd"
    assert class_key("stop\nSign") == class_key("Stop sign")
