"""Asks two models about captures that neither has learnt from, and keeps both answers to each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vimd_core.data.whole_files import whole_file
from vimd_core.errors import CheckpointError
from vimd_core.worker.training_files import COMPARISON, RESULT, TrainingPlan

if TYPE_CHECKING:
    from vimd_core.evaluation.measured import MeasuredCaptures

_BATCH: Final = 32
_ROUNDS: Final = 3


def compare_on_held_back(folder: Path, plan: TrainingPlan, on_progress: Callable[[int, int], None]) -> None:
    """Write `comparison.json`.

    It holds `baseline` and `candidate`, each with `milliseconds` a capture, and `answers`: for each capture that could
    be read its key, and for both models the index of the first answer, in that model's own classes, and its
    probability. What is right is not asked here: labels and classes are the project's affair.

    Args:
        folder: of the run.
        plan: names the baseline and the captures.
        on_progress: is told captures that are done, of both models, and their number; may raise to end it.

    Raises:
        CheckpointError: a model is damaged, or nothing can be written.
    """
    rows = [json.loads(line) for line in Path(plan.held_back).read_text(encoding="utf-8").splitlines()]
    if not rows:
        return
    key_of = {Path(row["path"]): int(row["key"]) for row in rows}
    result: dict[str, Any] = {}
    answers: dict[int, list[Any]] = {}
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        on_progress(done, 2 * len(rows))

    for role, path in (("baseline", Path(plan.baseline)), ("candidate", folder / RESULT)):
        measured, milliseconds = _measure(path, plan.device, list(key_of), count)
        result[role] = {"milliseconds": milliseconds, "unreadable": len(measured.unreadable)}
        for index, capture in enumerate(measured.paths):
            said, probability = int(measured.predicted[index]), float(measured.confidence[index])
            answers.setdefault(key_of[capture], []).append([said, probability])
    result["answers"] = [[key, *both] for key, both in answers.items() if len(both) == 2]
    try:
        with whole_file(folder / COMPARISON) as temporary:
            temporary.write_text(json.dumps(result), encoding="utf-8")
    except OSError as e:
        raise CheckpointError(f"The comparison can't be written ({e.strerror}): free some space.") from e


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
