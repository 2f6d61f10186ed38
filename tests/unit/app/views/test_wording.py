"""Numbers as people read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.progress import RateMeter
from app.views.wording.numbers import duration, file_size, percent, short_problem, without_mnemonic
from vimd_core.user_messages import sentence


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.0, "0 %"), (0.004, "<1 %"), (0.63, "63 %"), (0.994, "99 %"), (0.9999, ">99 %"), (1.0, "100 %")],
)
def test_percent(fraction: float, text: str) -> None:
    assert percent(fraction).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.4, "59 s"), (61, "1 min 01 s"), (7260, "2 h 01 min")]
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (999, "999 B"), (2213, "2.2 kB"), (3_400_000, "3.4 MB")]
)
def test_file_size(size: int, text: str) -> None:
    assert file_size(size) == text


def test_a_problem_does_not_repeat_the_path() -> None:
    path = Path("/a/b c.png")
    assert (
        short_problem(sentence("{path} is empty (0 bytes): copy it again.", path=path), path)
        == "This file is empty (0 bytes): copy it again."
    )


def test_a_file_that_is_gone_is_said_in_one_sentence() -> None:
    path = Path("/a/b c.png")
    assert (
        short_problem(sentence("There is no file {path}.", path=path), path) == "This file no longer exists."
    )


def test_the_rate_counts_from_where_the_meter_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("app.domain.progress.time.monotonic", lambda: now[0])
    meter = RateMeter(done=500)
    now[0] = 110.0
    progress = meter.progress(600, 1000)
    assert (progress.rate_per_s, progress.eta_s) == (10.0, 40.0)
    now[0] = 111.0
    assert RateMeter(done=5).progress(5, 10).eta_s is None


@pytest.mark.parametrize(
    ("text", "plain"), [("&Open", "Open"), ("打开(&O)…", "打开…"), ("Original", "Original")]
)
def test_names_without_the_key_that_chooses_them(text: str, plain: str) -> None:
    assert without_mnemonic(text) == plain
