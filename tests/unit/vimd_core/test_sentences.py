"""Messages keep their id and arguments until they are shown."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest

from vimd_core.errors import ConfigError, ImageError
from vimd_core.user_messages import plural, sentence, sentence_from_json, verbatim

CHINESE = {
    "{path} has {count:,} faults: {cause}": "{path} 有 {count:,} 个错误：{cause}",
    "It is empty.": "它是空的。",
}


def a_failure() -> ConfigError:
    return ConfigError(
        "{path} has {count:,} faults: {cause}",
        path=Path("/a b"),
        count=np.int64(1234),
        cause=ImageError("It is empty."),
    )


def test_an_error_says_its_message_in_english() -> None:
    assert str(a_failure()) == f"{Path('/a b')} has 1,234 faults: It is empty."


def test_a_message_is_worded_with_all_that_is_inside_of_it() -> None:
    said = a_failure().sentence.text(lambda wording: CHINESE[wording])
    assert said == f"{Path('/a b')} 有 1,234 个错误：它是空的。"


def test_a_message_comes_back_from_a_database() -> None:
    said = a_failure().sentence
    assert sentence_from_json(said.to_json()) == said


@pytest.mark.parametrize(
    "text", ["{x} was said by an older version.", '{"wording": broken', '{"wording":broken']
)
def test_what_is_no_message_is_shown_as_it_is(text: str) -> None:
    assert str(sentence_from_json(text)) == text


def test_what_a_system_says_keeps_its_braces() -> None:
    assert str(verbatim("{no} place")) == "{no} place"
    assert str(sentence("Failed ({cause}).", cause=verbatim("{no} place"))) == "Failed ({no} place)."


def test_an_error_survives_being_copied() -> None:
    raised = a_failure()
    assert copy.copy(raised).sentence == raised.sentence


def test_numbers_that_json_does_not_know_are_texts() -> None:
    said = sentence("The loss is {loss}.", loss=float("nan"))
    assert str(sentence_from_json(said.to_json())) == "The loss is nan."


def test_counts_choose_their_template() -> None:
    assert [plural(count, "{n} file", "{n} files") for count in (0, 1, 2)] == [
        "{n} files",
        "{n} file",
        "{n} files",
    ]
