"""Kept suggestions: the same after a restart, and as good as none when they are damaged or of other labels."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from app.domain.suggestions import CurrentSuggestions
from app.suggestions.suggestion_file import keep_suggestions, read_suggestions, suggestion_file

SUGGESTIONS = CurrentSuggestions(
    array("q", [3, 9]),
    array("q", [1, 2, 2, 1]),
    array("f", [0.75, 0.25, 0.5, 0.5]),
    array("f", [0.125, 0.5]),
    named=2,
    num_labels=7,
    accuracy=0.62,
    accuracy_interval=(0.5, 0.74),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    kept = suggestion_file(tmp_path)
    keep_suggestions(kept, SUGGESTIONS, "seven labels")
    return kept


def test_they_are_read_as_they_were(path: Path) -> None:
    assert read_suggestions(path, "seven labels") == SUGGESTIONS
    assert SUGGESTIONS.top_of(9) == ((2, 0.5), (1, 0.5)) and SUGGESTIONS.top_of(4) == ()


def test_of_other_labels_they_are_not_read(path: Path) -> None:
    assert read_suggestions(path, "eight labels") is None
    assert read_suggestions(path.with_name("none"), "seven labels") is None


def test_every_byte_that_is_another_or_missing_is_noticed(path: Path) -> None:
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        found = read_suggestions(path, "seven labels")
        # Only in the figures of the first line may a digit be another one: they are shown, and nothing else.
        assert found is None or (found.ids, found.class_ids) == (SUGGESTIONS.ids, SUGGESTIONS.class_ids)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert read_suggestions(path, "seven labels") is None


def test_a_huge_number_in_a_damaged_file_is_no_matter(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"count":2', b'"count":99999999999999999'))
    assert read_suggestions(path, "seven labels") is None


def test_where_nothing_can_be_written_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "embeddings").write_text("a file where the folder should be")
    keep_suggestions(suggestion_file(tmp_path), SUGGESTIONS, "seven labels")
    assert read_suggestions(suggestion_file(tmp_path), "seven labels") is None


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="arrays of the lengths"):
        CurrentSuggestions(array("q", [1]), array("q", [1]), array("f", [0.5]), array("f"))
