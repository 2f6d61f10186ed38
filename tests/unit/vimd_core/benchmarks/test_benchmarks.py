"""`vimd benchmark`: names, form of the rows, and that both ways of timing work."""

from __future__ import annotations

import json

import pytest

from vimd_core.benchmarks import registry
from vimd_core.benchmarks.rows import BenchmarkRow, interleaved_medians_ms, to_json, to_table
from vimd_core.cli import main
from vimd_core.errors import ConfigError

KEYS = ["name", "value", "unit", "against", "ratio", "wanted", "met"]


def test_rows_have_the_agreed_keys() -> None:
    rows = [BenchmarkRow("a", 1.5, "ms"), BenchmarkRow("b", 2.0, "ms", "a", 1.33, ">= 2 times", False)]
    decoded = json.loads(to_json(rows))
    assert [list(row) for row in decoded] == [KEYS, KEYS]
    assert decoded[1]["met"] is False and decoded[0]["wanted"] is None
    assert "NO" in to_table(rows).splitlines()[2]


def test_a_checkout_offers_the_comparisons_with_rivals() -> None:
    assert {"scan", "student", "predictor", "train", "memory", "retrain"} <= set(registry.names())
    assert registry.find("scan").__module__ == "vimd_benchmarks.scan"
    assert registry.find("predictor").__module__ == "vimd_core.benchmarks.predictor"
    with pytest.raises(ConfigError, match="scan"):
        registry.find("teapot")


def test_an_installation_without_checkout_offers_the_products_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_checkout_files", list)
    assert registry.names() == ["memory", "predictor", "scan", "streams", "student", "suggestions", "train"]
    assert registry.find("scan").__module__ == "vimd_core.benchmarks.scan"


def test_candidates_are_timed_in_turn() -> None:
    calls: list[str] = []
    times = interleaved_medians_ms({"x": lambda: calls.append("x"), "y": lambda: calls.append("y")}, 2)
    assert calls == ["x", "y", "x", "y", "x", "y"]
    assert set(times) == {"x", "y"} and min(times.values()) >= 0


def test_the_scan_benchmark_runs_beside_its_rivals(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Tiny sizes: this asks whether it works, not how fast it is.
    monkeypatch.setattr("vimd_core.benchmarks.scan.LENGTH", 6)
    monkeypatch.setattr("vimd_core.benchmarks.scan.CHANNELS", 8)
    monkeypatch.setattr("vimd_core.benchmarks.scan.REPEATS", 1)
    assert main(["benchmark", "scan", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [list(row) for row in rows] == [KEYS] * len(rows)
    assert sum(row["wanted"] is not None for row in rows) == 3
    assert main(["benchmark", "list"]) == 0
    assert "scan" in capsys.readouterr().out.split()


def test_the_list_says_what_each_benchmark_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == registry.names()
    assert all(row["what"][0].isupper() and len(row["what"]) > 20 for row in rows)


def test_help_is_that_of_the_benchmark_and_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    for name, part in (("app", "--quick"), ("memory", "PRESET CAPTURES [SCAN]"), ("predictor", "--json")):
        assert main(["benchmark", name, "--help"]) == 0
        said = capsys.readouterr().out
        assert f"usage: vimd benchmark {name}" in said and part in said
    assert main(["benchmark", "--help"]) == 0
    assert "vimd benchmark list" in capsys.readouterr().out
    assert main(["benchmark", "memroy", "--help"]) == 1
    assert "did you mean memory?" in capsys.readouterr().err


def test_the_benchmark_of_suggestions_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", "suggestions", "--json", "200"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [list(row) for row in rows] == [KEYS] * len(rows)
    assert {"200 captures, build", "200 captures, new label, median"} <= {row["name"] for row in rows}
    assert all(row["value"] >= 0 for row in rows)
    with pytest.raises(ConfigError):
        registry.find("suggestions")(["seven"])
