"""Calibration and comparison after a training: the new model against the one before.

Both on captures that neither has learnt from. Where the temperature was found on the captures that the gate looks at,
the gate gets each answer with the temperature that all other captures lead to: its figures are those of captures that
nothing was fitted to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vimd_core.data.classes.class_list import read_class_list
from vimd_core.data.datasets.manifest import read_manifest
from vimd_core.training.runs.comparison import (
    FirstPrediction,
    HeldBackAnswer,
    HeldBackComparison,
    MeasuredModel,
)
from vimd_core.training.runs.files import RESULT, TrainingPlan

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from vimd_core.evaluation.measured import MeasuredCaptures
    from vimd_core.inference.calibration import FittedTemperature

_BATCH: Final = 32
_ROUNDS: Final = 3
_UNKNOWN: Final = -1


@dataclass(frozen=True)
class _Row:
    """A capture that was not learnt from.

    Attributes:
        key: of the project; None for one that the best epoch was chosen by.
        label: output of the new model that is right.
        baseline_label: the same of the model before; -1 when it has none.
        group: what must not be separated from it.
    """

    path: Path
    key: int | None
    label: int
    baseline_label: int
    group: str


def compare_on_held_back(folder: Path, plan: TrainingPlan, on_progress: Callable[[int, int], None]) -> None:
    """Calibrate the result of a training, and write `comparison.json` when there is something to compare on.

    Args:
        folder: of the run.
        plan: names the baseline and the captures.
        on_progress: is told captures that are done, of both models, and their number; may raise to end it.

    Raises:
        CheckpointError: a model is damaged, or nothing can be written.
    """
    held = _held_back(plan)
    rows = held + _validation(folder)
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        on_progress(done, len(rows) + len(held))

    if not rows:
        return
    row_of = {row.path: row for row in rows}
    candidate, candidate_ms = _measure(folder / RESULT, plan.device, list(row_of), count)
    read = [row_of[path] for path in candidate.paths]
    sureness = _calibrated(folder / RESULT, candidate, read)
    if not held or not plan.baseline:
        return
    baseline, baseline_ms = _measure(Path(plan.baseline), plan.device, [row.path for row in held], count)
    answers: dict[int, list[FirstPrediction]] = {}
    for measured, confidence in (
        (baseline, _left_out(Path(plan.baseline), baseline, [row_of[path] for path in baseline.paths])),
        (candidate, sureness),
    ):
        for path, said, probability in zip(measured.paths, measured.predicted, confidence, strict=True):
            key = row_of[path].key
            if key is not None:
                answers.setdefault(key, []).append(FirstPrediction(int(said), float(probability)))
    HeldBackComparison(
        baseline=MeasuredModel(baseline_ms, len(baseline.unreadable)),
        candidate=MeasuredModel(candidate_ms, len(candidate.unreadable)),
        answers=tuple(HeldBackAnswer(key, *both) for key, both in answers.items() if len(both) == 2),
    ).write(folder)


def _held_back(plan: TrainingPlan) -> list[_Row]:
    if not plan.held_back:
        return []
    lines = Path(plan.held_back).read_text(encoding="utf-8").splitlines()
    return [
        _Row(
            Path(row["path"]),
            int(row["key"]),
            int(row["label"]),
            int(row["baseline_label"]),
            str(row["group"]),
        )
        for row in map(json.loads, lines)
    ]


def _validation(folder: Path) -> list[_Row]:
    """What the best epoch was chosen by is not learnt from either."""
    from vimd_core.training.recipes.settings import read_toml
    from vimd_core.training.runs.files import RECIPE

    recipe = read_toml(folder / RECIPE)
    dataset = read_manifest(Path(recipe["data"]))
    place_of = {one.name: place for place, one in enumerate(read_class_list(Path(recipe["class_list"])))}
    return [
        _Row(one.path, None, place_of[dataset.classes[one.label]], _UNKNOWN, one.group)
        for one in dataset.captures
        if one.split == "validation"
    ]


def _calibrated(path: Path, measured: MeasuredCaptures, rows: Sequence[_Row]) -> npt.NDArray[np.float32]:
    """Give the result the temperature that fits these captures; how sure it is of each with that of the others."""
    from vimd_core.checkpoints.bundle_info import read_bundle_info
    from vimd_core.checkpoints.identity import write_description
    from vimd_core.inference.calibration import CALIBRATION, rescale

    if not rows:
        return measured.confidence
    info = read_bundle_info(path)
    before = float(info.training.get(CALIBRATION, {}).get("before", info.temperature))
    plain = rescale(measured.probabilities, 1.0 / info.temperature)
    fitted = _fitted(plain, [row.label for row in rows], before, [row.group for row in rows])
    note = {"captures": len(rows), "before": before, "held_back": True}
    training = {**info.training, CALIBRATION: note}
    write_description(path, path, replace(info, temperature=fitted.value, training=training))
    confidence: npt.NDArray[np.float32] = rescale(plain, fitted.left_out).max(axis=1)
    return confidence


def _left_out(path: Path, measured: MeasuredCaptures, rows: Sequence[_Row]) -> npt.NDArray[np.float32]:
    """How sure the model before is; of captures that its own temperature was found on, without each of them."""
    from vimd_core.checkpoints.bundle_info import read_bundle_info
    from vimd_core.inference.calibration import CALIBRATION, rescale

    info = read_bundle_info(path)
    note: Mapping[str, Any] = info.training.get(CALIBRATION, {})
    known = [place for place, row in enumerate(rows) if row.baseline_label != _UNKNOWN]
    confidence = measured.confidence.copy()
    if note.get("held_back") and known:
        plain = rescale(measured.probabilities[known], 1.0 / info.temperature)
        labels, groups = [rows[i].baseline_label for i in known], [rows[i].group for i in known]
        fitted = _fitted(plain, labels, float(note["before"]), groups)
        confidence[known] = rescale(plain, fitted.left_out).max(axis=1)
    return confidence


def _fitted(
    plain: npt.NDArray[np.float32], labels: Sequence[int], before: float, groups: Sequence[str]
) -> FittedTemperature:
    import numpy as np

    from vimd_core.inference.calibration import fit_temperature

    logits = np.log(np.maximum(plain, np.finfo(np.float32).tiny))
    return fit_temperature(logits, np.array(labels, np.int64), before=before, groups=groups)


def _measure(
    path: Path, device: str, captures: list[Path], on_done: Callable[[int], None]
) -> tuple[MeasuredCaptures, float]:
    """A model's answers, and milliseconds that it takes for a capture."""
    from vimd_core.evaluation.measured import measure_captures
    from vimd_core.inference.predictor import Predictor

    predictor = Predictor.load(path, device=device, batch_size=_BATCH)
    predictor.warm_up()
    measured = measure_captures(predictor, [(capture, 0) for capture in captures], on_read=on_done)
    # Timed in batches that come again, since the first one of a size pays for more than its own computation.
    again = [(capture, 0) for capture in measured.paths[:_BATCH]]
    rounds = [measure_captures(predictor, again).predict_s.mean() for _ in range(_ROUNDS if again else 0)]
    return measured, float(min(rounds, default=0.0)) * 1e3
