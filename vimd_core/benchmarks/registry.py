"""Finds benchmarks by name: those of the product, and in a checkout the comparisons in tests/benchmarks."""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.abc import InspectLoader
from pathlib import Path
from types import ModuleType

import vimd_core
from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.errors import ConfigError

PRODUCT_BENCHMARKS = ("scan", "student", "predictor", "train", "memory", "streams", "suggestions")
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
        ConfigError: there is none of that name, or something that it needs is not installed.
    """
    found: Benchmark = _module(name).run
    return found


def option_parser(name: str) -> argparse.ArgumentParser | None:
    """What reads the options of a benchmark; None for one that has none.

    Raises:
        ConfigError: there is none of that name.
    """
    make: Callable[[], argparse.ArgumentParser] | None = getattr(_module(name), "option_parser", None)
    return None if make is None else make()


def usage(name: str) -> str:
    """The arguments of a benchmark that has no options, as its usage shows them.

    Raises:
        ConfigError: there is none of that name.
    """
    return str(getattr(_module(name), "USAGE", ""))


def description(name: str, *, whole: bool = False) -> str:
    """What a benchmark measures; its module is not run for that.

    Args:
        name: one of `names()`.
        whole: all that it says, not the first sentence alone.

    Raises:
        ConfigError: there is none of that name.
    """
    path = _checkout_file(name)
    if path is not None:
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    else:
        _require_product(name)
        spec = importlib.util.find_spec(f"vimd_core.benchmarks.{name}")
        loader = None if spec is None else spec.loader
        code = loader.get_code(f"vimd_core.benchmarks.{name}") if isinstance(loader, InspectLoader) else None
        text = str(code.co_consts[0]) if code is not None else ""
    first, _, rest = text.partition("\n\n")
    what = first.rpartition("`")[2].removeprefix(" in a checkout").removeprefix(":").strip()
    what = what[:1].upper() + what[1:]
    return "\n\n".join(filter(None, (what, rest.strip()))) if whole else what


def _module(name: str) -> ModuleType:
    path = _checkout_file(name)
    try:
        if path is None:
            _require_product(name)
            return importlib.import_module(f"vimd_core.benchmarks.{name}")
        spec = importlib.util.spec_from_file_location(f"vimd_benchmarks.{name}", path)
        if spec is None or spec.loader is None:
            raise ConfigError("The benchmark {path} can't be read.", path=path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    except ImportError as e:
        raise ConfigError(
            "The benchmark {name} needs {package}: install the development tools.", name=name, package=e.name
        ) from e
    return module


def _require_product(name: str) -> None:
    if name not in PRODUCT_BENCHMARKS:
        near = difflib.get_close_matches(name, names(), n=1)
        meant = f"did you mean {near[0]}? There are" if near else "use"
        raise ConfigError(
            "There is no benchmark {name}: {meant} {names}.",
            name=repr(name),
            meant=meant,
            names=", ".join(names()),
        )


def _checkout_file(name: str) -> Path | None:
    return next((path for path in _checkout_files() if path.stem == f"benchmark_{name}"), None)


def _checkout_files() -> list[Path]:
    return sorted(_CHECKOUT_FOLDER.glob("benchmark_*.py")) if _CHECKOUT_FOLDER.is_dir() else []
