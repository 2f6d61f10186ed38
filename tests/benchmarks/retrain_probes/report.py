"""Tables of what logs hold: means over the seeds, several logs side by side.

A cell holds the figures of all logs, "before → after", first with labels chosen by chance, then by the queue; a log
that has none shows a dash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from statistics import mean
from typing import Any, Final

from retrain_probes.frozen.rows import LITE2, NONE_OF_THESE, OWN
from retrain_probes.step_log import Step
from retrain_probes.suggestion_rows import SUGGESTIONS
from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.training.retraining.effort import Effort

_TRAINED: Final = tuple(str(effort) for effort in Effort)
_ROWS: Final = (OWN, LITE2, SUGGESTIONS, *_TRAINED)
# Title, name of the figure, protocol, how it is written.
_TABLES: Final = (
    ("Top-1 on captures in no project", "top1_others", "accuracy", 100.0, "%"),
    ("Top-1 on unlabelled captures of the project", "top1_pool", "accuracy", 100.0, "%"),
    ("Calibration error on captures in no project", "calibration_error_others", "accuracy", 100.0, "%"),
    ("Calibration error on unlabelled captures", "calibration_error_pool", "accuracy", 100.0, "%"),
    ('AUROC of "none of these", a third of the classes unknown', "auroc", NONE_OF_THESE, 1.0, ""),
    ("Time of one core", "processor_s", "accuracy", 1.0, "s"),
)
_QUEUE_MAY_LOSE: Final = 1.0

Steps = Sequence[Step]


def report(logs: Mapping[str, Steps]) -> str:
    """Markdown tables, one for each figure, and whether what is said of the accuracy elsewhere is true.

    Args:
        logs: steps of each run, by its name, the earliest first.
    """
    parts = [
        table
        for title, figure, protocol, factor, unit in _TABLES
        if (table := _table(logs, f"{title}{f', {unit}' if unit else ''}", figure, protocol, factor))
    ]
    return "\n".join(
        [*parts, *(table for name, steps in logs.items() if (table := _honesty_table(name, steps)))]
    )


def _table(logs: Mapping[str, Steps], title: str, figure: str, protocol: str, factor: float) -> str:
    common = set.intersection(*({step.key.set for step in steps} for steps in logs.values()))
    means = [_means(steps, figure, protocol, common) for steps in logs.values()]
    places = dict.fromkeys((place[0], place[1]) for found in means for place in found)
    choosers = sorted({place[2] for found in means for place in found})
    counts = sorted({place[3] for found in means for place in found})

    def cell(place: tuple[str, str], count: int) -> str:
        by_chooser = [
            " → ".join(_text(found.get((*place, chooser, count)), factor) for found in means)
            for chooser in choosers
        ]
        known = [text for text in by_chooser if any(map(str.isdigit, text))]
        return "" if not known else " / ".join(by_chooser if len(known) > 1 else known)

    lines = [
        f"| {' | '.join((*place, *(cell(place, count) for count in counts)))} |"
        for place in sorted(places, key=lambda place: _rank(place, list(places)))
    ]
    if not lines:
        return ""
    heads = " | ".join(f"{count} labels" for count in counts)
    said = f"{title}: {' → '.join(logs)}; labels by {' / '.join(choosers)}"
    return "\n".join([f"| {said} | row | {heads} |", f"|{'---|' * (2 + len(counts))}", *lines, ""])


def _rank(place: tuple[str, str], places: Sequence[tuple[str, str]]) -> tuple[int, int]:
    sets = list(dict.fromkeys(one[0] for one in places))
    return sets.index(place[0]), _ROWS.index(place[1]) if place[1] in _ROWS else len(_ROWS)


def _means(
    steps: Steps, figure: str, protocol: str, common: Collection[str] = ()
) -> dict[tuple[str, str, str, int], float]:
    """By set, row, chooser and count of labels; and over the common sets, where each of them has the row."""
    found: dict[tuple[str, str, str, int], list[float]] = {}
    for step in steps:
        key = step.key
        if key.protocol == protocol and figure in step.figures:
            found.setdefault((key.set, key.row, key.chooser, key.labels), []).append(step.figures[figure])
    means = {place: mean(values) for place, values in found.items()}
    over_sets: dict[tuple[str, str, int], list[float]] = {}
    for place, value in means.items():
        if place[0] in common:
            over_sets.setdefault(place[1:], []).append(value)
    if len(common) > 1:
        name = f"mean of {len(common)} sets"
        means |= {(name, *rest): mean(all_) for rest, all_ in over_sets.items() if len(all_) == len(common)}
    return means


def _text(value: float | None, factor: float) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if factor == 1.0 and value < 10 else f"{factor * value:.1f}"


def _honesty_table(name: str, steps: Steps) -> str:
    """What was said of the accuracy elsewhere, by the gate or by cross-validation, beside the truth."""
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for step in steps:
        if "expected_top1" in step.figures:
            place = (step.key.set, step.key.row, step.key.chooser)
            found.setdefault(place, []).append(step.figures)
    every: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for (_, row, chooser), figures in found.items():
        every.setdefault(("all", row, chooser), []).extend(figures)
    lines = []
    for place, figures in (found | every).items():
        apart = [abs(one["expected_top1"] - one["top1_others"]) for one in figures]
        inside = sum(one["expected_low"] <= one["top1_others"] <= one["expected_high"] for one in figures)
        width = mean((one["expected_high"] - one["expected_low"]) / 2 for one in figures)
        cells = (f"{100 * mean(apart):.1f}", f"{100 * max(apart):.1f}", f"± {100 * width:.1f}")
        lines.append(f"| {' | '.join((*place, f'{inside} of {len(figures)}', *cells))} |")
    if not lines:
        return ""
    title = f"Estimated top-1 elsewhere against the truth, points ({name})"
    head = [
        f"| {title} | row | labels by | inside the 95 % interval | apart, mean | largest | interval |",
        f"|{'---|' * 7}",
    ]
    return "\n".join([*head, *lines, ""])


def rows_of(steps: Iterable[Step]) -> list[BenchmarkRow]:
    """Top-1 on captures in no project, each beside what it must not fall behind.

    A training is compared to the linear classifier on EfficientNet-Lite2, the queue to chance.
    """
    means = _means(list(steps), "top1_others", "accuracy")
    rows = []
    for (name, row, chooser, labels), value in means.items():
        if row in (*_TRAINED, SUGGESTIONS):
            against, tolerance = means.get((name, LITE2, chooser, labels)), 0.0
            what = LITE2
        else:
            against, tolerance = means.get((name, row, "chance", labels)), _QUEUE_MAY_LOSE
            what = "by chance"
        is_compared = against is not None and (chooser == "queue" or what == LITE2)
        rows.append(
            BenchmarkRow(
                f"{name}, {labels} labels by {chooser}: {row}, top-1 on others",
                100 * value,
                "%",
                f"{what}: {100 * against:.1f} %" if is_compared and against is not None else None,
                wanted=f">= it - {tolerance:g}" if is_compared else None,
                met=100 * value >= 100 * against - tolerance if is_compared and against is not None else None,
            )
        )
    return rows
