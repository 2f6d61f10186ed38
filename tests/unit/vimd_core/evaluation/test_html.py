"""Markup: nothing that others named ever becomes part of it."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from vimd_core.evaluation.html_report.html import element, escaped, name, percent, points, shortened


def test_text_is_escaped_and_markup_is_not() -> None:
    made = element(
        "p", "a < b & c", element("b", "bold"), None, class_="x", data_value=0.5, hidden=True, title=None
    )
    assert made == '<p class="x" data-value="0.5" hidden>a &lt; b &amp; c<b>bold</b></p>'


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '" onload="alert(1)', "'><img src=x>", "</title>"]
)
def test_hostile_names_stay_text(hostile: str) -> None:
    for made in (element("p", hostile), element("p", title=hostile), name(hostile)):
        inside = made.removeprefix("<p").removeprefix("<bdi>").removesuffix("</p>").removesuffix("</bdi>")
        assert "<" not in inside.removeprefix(">") and made.count('"') in (0, 2)


def test_markup_that_was_put_together_as_text_is_text_again() -> None:
    """What is added to markup is escaped, and so is markup that became plain text: neither is ever run."""
    assert escaped(Markup("<b>") + "<i>") == "<b>&lt;i&gt;"
    assert escaped(str(Markup("<b>")) + "<i>") == "&lt;b&gt;&lt;i&gt;"


def test_control_and_direction_characters_are_shown_as_unknown() -> None:
    assert escaped("a\x00b\x1b\ud800c") == "a�b��c"
    assert "\u202e" not in name("\u202egnp.exe") and "\u2066" not in shortened("\u2066x")


def test_long_names_keep_both_ends() -> None:
    short = shortened("/data/" + "x" * 500 + "/00012.png", 40)
    assert len(short) == 40 and short.startswith("/data/") and short.endswith("00012.png") and "…" in short


def test_figures_for_people() -> None:
    assert (percent(0.12345), percent(0.5, 0), percent(None), percent(float("nan"))) == (
        "12.3 %",
        "50 %",
        "–",
        "–",
    )
    assert (points(-0.081), points(0.02)) == ("−8.1 points", "+2.0 points")
