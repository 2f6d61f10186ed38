"""`vimd benchmark app` measures the real program; here only whether it does, with few captures."""

from __future__ import annotations

import json

import pytest

from vimd_core.cli import main


def test_each_row_of_a_quick_run_has_a_figure_beside_what_is_wanted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["benchmark", "app", "--quick", "--json", "--only", "start,first-open,project,classes"]) == 0
    rows = json.loads(capsys.readouterr().out)
    names = " ".join(row["name"] for row in rows)
    for part in (
        "usable window",
        "first on screen",
        "all listed",
        "next capture",
        "scroll",
        "label",
        "undo",
        "60 classes",
    ):
        assert part in names
    judged = [row for row in rows if row["wanted"] is not None]
    assert len(judged) >= 15 and all(row["met"] in (True, False) for row in judged)
    assert all(row["value"] > 0 for row in judged)


def test_a_part_that_there_is_not_is_refused_with_the_names_of_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["benchmark", "app", "--only", "teapot"]) == 1
    assert "first-open" in capsys.readouterr().err
