"""`vimd benchmark suggestions [CAPTURES ...]`: how long the project's teacher takes, and how much memory.

Made-up features: captures of things, three to a thing, of 100 classes, a tenth of them labelled but 1,000 at most. Each
new label is answered for all captures. Everything runs on one core.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from time import perf_counter
from typing import Final

import numpy as np
import numpy.typing as npt

from vimd_core.benchmarks.memory import peak_bytes, reset_peak_bytes
from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import ConfigError
from vimd_core.suggestions.answers import KnownLabels
from vimd_core.suggestions.teacher import ProjectTeacher

USAGE: Final = "[CAPTURES ...]"
SIZES: Final = (1_000, 10_000, 100_000)
CLASSES: Final = 100
NEW_LABELS: Final = 20
_LEAST: Final = 200
_MOST_LABELS: Final = 1_000
_OF_A_THING: Final = 3
_HEAD, _STEM, _COMPANION = 256, 480, 1280
_PART: Final = 4096
_MIB: Final = 2**20
# Wanted: seconds to build, ms for a label, MiB, at most so many captures.
_WANTED: Final = {10_000: (10.0, 150.0, None), 100_000: (None, 1000.0, 600.0)}


def made_up_features(captures: int, classes: int, seed: int = 0) -> tuple[CaptureFeatures, KnownLabels]:
    """Features of captures, and their labels in an order in which they could be given.

    Args:
        captures: N.
        classes: so many, all about as frequent.
        seed: of everything.
    """
    generator = np.random.default_rng(seed)
    things = np.arange(captures) // _OF_A_THING
    y = generator.integers(0, classes, things[-1] + 1)[things]
    blocks = [
        _block(generator, y, things, classes, width, first)
        for first, width in enumerate((_HEAD, _STEM, _COMPANION))
    ]
    ids = np.arange(1, captures + 1, dtype=np.int64)
    features = CaptureFeatures(ids, np.concatenate(blocks[:2], axis=1), blocks[2])
    order = generator.permutation(captures)
    return features, KnownLabels(ids[order], y[order], things[order])


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Build a teacher, give it labels one by one, and let it reconsider.

    Args:
        arguments: numbers of captures; 1,000, 10,000 and 100,000 by default.

    Raises:
        ConfigError: they are no numbers, or too small.
    """
    if not all(argument.isdecimal() and int(argument) >= _LEAST for argument in arguments):
        raise ConfigError("Give numbers of captures, {least} or more.", least=_LEAST)
    sizes = [int(argument) for argument in arguments] or list(SIZES)
    return [row for size in sizes for row in _measured(size)]


def _measured(captures: int) -> list[BenchmarkRow]:
    features, labels = made_up_features(captures, min(CLASSES, captures // 50))
    build_s, label_ms, memory_mib = _WANTED.get(captures, (None, None, None))
    has_memory = sys.platform != "win32"
    before = reset_peak_bytes() if has_memory else 0
    start = perf_counter()
    teacher = ProjectTeacher(features)
    rows = [_row(captures, "build", perf_counter() - start, "s", build_s)]
    given = min(_MOST_LABELS, captures // 10)
    start = perf_counter()
    teacher.suggest(_first(labels, given))
    rows.append(_row(captures, f"first answer to {given} labels", perf_counter() - start, "s"))
    times = []
    for number in range(1, NEW_LABELS + 1):
        start = perf_counter()
        teacher.suggest(_first(labels, given + number))
        times.append(1e3 * (perf_counter() - start))
    rows.append(_row(captures, "new label, median", float(np.median(times)), "ms", label_ms))
    rows.append(_row(captures, "new label, 95th percentile", float(np.percentile(times, 95)), "ms", label_ms))
    start = perf_counter()
    teacher.reconsider(_first(labels, given))
    rows.append(_row(captures, "reconsider, in the background", perf_counter() - start, "s"))
    if has_memory:
        rows.append(_row(captures, "peak memory", (peak_bytes() - before) / _MIB, "MiB", memory_mib))
    return rows


def _row(captures: int, what: str, value: float, unit: str, most: float | None = None) -> BenchmarkRow:
    wanted = None if most is None else f"<= {most:g} {unit}"
    met = None if most is None else value <= most
    return BenchmarkRow(f"{captures} captures, {what}", value, unit, wanted=wanted, met=met)


def _first(labels: KnownLabels, count: int) -> KnownLabels:
    return KnownLabels(labels.ids[:count], labels.classes[:count], labels.groups[:count])


def _block(
    generator: np.random.Generator,
    y: npt.NDArray[np.int64],
    things: npt.NDArray[np.int64],
    classes: int,
    width: int,
    shift: int,
) -> npt.NDArray[np.float16]:
    """(N, width) of length 1: what a class, a thing and chance make together."""
    of_class = generator.normal(size=(classes, width)).astype(np.float32)
    of_thing = generator.normal(size=(4099, width)).astype(np.float32)
    found = np.empty((len(y), width), np.float16)
    for first in range(0, len(y), _PART):
        here = slice(first, first + _PART)
        # Each thing has two of the vectors, and no other thing has the same two.
        part = (
            of_class[y[here]] + of_thing[things[here] % 4099] + of_thing[(things[here] * 31 + shift) % 4093]
        )
        part += generator.normal(size=part.shape).astype(np.float32)
        found[here] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return found
