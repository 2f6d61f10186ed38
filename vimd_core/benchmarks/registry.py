"""Finds benchmarks by name: those of the product, and in a checkout the comparisons in tests/benchmarks."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import vimd_core
from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.errors import ConfigError

PRODUCT_BENCHMARKS = ("scan", "student", "predictor", "train", "memory", "streams")
Benchmark = Callable[[Sequence[str]], list[BenchmarkRow]]
_CHECKOUT_FOLDER = Path(vimd_core.__file__).resolve().parents[1] / "tests" / "benchmarks"


def names() -> list[str]:
    """All benchmarks that can be run here."""
    return sorted(
        {*PRODUCT_BENCHMARKS, *(path.stem.removeprefix("benchmark_") for path in _checkout_files())}
    )


def find(name: str) -> Benchmark:
    """The `run(arguments)` function of a benchmark; a checkout's comparison replaces the product's plain one.

    Args:
        name: one of `names()`.

    Raises:
        ConfigError: there is none of that name.
    """
    for path in _checkout_files():
        if path.stem == f"benchmark_{name}":
            spec = importlib.util.spec_from_file_location(f"vimd_benchmarks.{name}", path)
            if spec is not None and spec.loader is not None:
                module = importlib.util.module_from_spec(spec)
                sys.modules[spec.name] = module
                spec.loader.exec_module(module)
                found: Benchmark = module.run
                return found
    if name not in PRODUCT_BENCHMARKS:
        raise ConfigError(f"There is no benchmark {name!r}: use {', '.join(names())}.")
    product: Benchmark = importlib.import_module(f"vimd_core.benchmarks.{name}").run
    return product


def _checkout_files() -> list[Path]:
    return sorted(_CHECKOUT_FOLDER.glob("benchmark_*.py")) if _CHECKOUT_FOLDER.is_dir() else []
