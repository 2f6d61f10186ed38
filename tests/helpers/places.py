"""Where the parts of a checkout are that tests need."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
HELPERS = TESTS / "helpers"
BENCHMARKS = TESTS / "benchmarks"
DATA = TESTS / "data"
SAMPLES = ROOT / "resources" / "samples"
