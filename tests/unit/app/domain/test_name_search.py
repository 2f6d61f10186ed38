"""What is typed finds what is meant."""

from __future__ import annotations

import unicodedata

import pytest

from app.domain.name_search import NameSearch

NAMES = (
    "Speed limit 20",
    "Speed limit 120",
    "No passing",
    "No passing for trucks",
    "Regular-Tomato",
    "Tomato",
    "Vine-Tomato",
    "Café",
    "停车让行",
    "Granny-Smith",
    "End of no passing",
    "class_07",
)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("no pass", "No passing"),
        ("NO PASSING", "No passing"),
        ("passing no", "No passing"),  # words in any order
        ("trucks no", "No passing for trucks"),
        ("tomato", "Tomato"),
        ("tom", "Tomato"),
        ("tomato regular", "Regular-Tomato"),
        ("regular tomato", "Regular-Tomato"),
        ("regulartomato", "Regular-Tomato"),
        ("rt", "Regular-Tomato"),  # initials
        ("npft", "No passing for trucks"),
        ("sl20", "Speed limit 20"),
        ("sl 120", "Speed limit 120"),
        ("20", "Speed limit 20"),
        ("120", "Speed limit 120"),
        ("tomatoe", "Tomato"),  # a letter too many
        ("tmato", "Tomato"),  # too few
        ("tomsto", "Tomato"),  # another one
        ("otmato", "Tomato"),  # exchanged
        ("grany smiht", "Granny-Smith"),
        ("regluar tomatoe", "Regular-Tomato"),
        ("cafe", "Café"),
        (unicodedata.normalize("NFD", "CAFÉ"), "Café"),
        ("让行", "停车让行"),
        ("class 7", "class_07"),
        ("  vine ", "Vine-Tomato"),
    ],
)
def test_the_best_match(typed: str, first: str) -> None:
    found = NameSearch(NAMES).find(typed)
    assert found, f"{typed} finds nothing"
    assert NAMES[found[0]] == first


@pytest.mark.parametrize(
    "typed", ["rust", "zz", "Regular-Tomatillo-Green", "tomato banana", "speed limit 300", "?"]
)
def test_what_fits_nothing_finds_nothing(typed: str) -> None:
    assert NameSearch(NAMES).find(typed) == []


def test_a_longer_name_is_not_taken_for_a_shorter_one() -> None:
    assert NameSearch(("Tomato", "Banana")).find("Regular-Tomato") == []


def test_all_names_in_their_order_before_anything_is_typed() -> None:
    assert NameSearch(NAMES).find("  ") == list(range(len(NAMES)))


def test_the_exact_name_comes_before_all_others() -> None:
    names = [f"Stop {number}" for number in range(50)] + ["stop"]
    assert NameSearch(names).find("STOP")[0] == 50
