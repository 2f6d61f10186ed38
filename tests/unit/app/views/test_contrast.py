"""Text can be read in both themes: WCAG 2.2, level AA."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import resources

STYLES = Path(resources.__file__).parent / "styles"
READ_ON = {
    "text": ("window", "surface", "raised", "sunken", "hover", "accent_soft", "notice_soft", "problem_soft"),
    "muted": ("window", "surface", "raised", "hover", "accent_soft"),
    "faint": ("window", "surface", "raised", "accent_soft"),
    "accent": ("window", "surface", "raised", "accent_soft"),
    "problem": ("surface", "accent_soft"),
    "unsure": ("surface", "accent_soft"),
    "rejected": ("surface", "accent_soft"),
    "suggested": ("window", "surface", "raised", "hover", "accent_soft"),
    "accent_text": ("accent", "accepted", "corrected", "unsure", "rejected"),
}
NAMES_ON_BARS = ("bar", "bar_first")
OUTLINES_ON = ("window", "surface", "raised")


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_and_fields_are_seen(theme: str) -> None:
    colours: dict[str, str] = json.loads((STYLES / f"{theme}.json").read_text(encoding="utf-8"))
    wanted = [(text, ground, 4.5) for text, grounds in READ_ON.items() for ground in grounds]
    wanted += [("text", bar, 4.5) for bar in NAMES_ON_BARS]
    wanted += [("outline", ground, 3.0) for ground in OUTLINES_ON]
    weak = {
        f"{one} on {other}": round(contrast(colours[one], colours[other]), 2)
        for one, other, least in wanted
        if contrast(colours[one], colours[other]) < least
    }
    assert not weak
