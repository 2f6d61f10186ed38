"""Rows that are trained by `vimd project retrain`, and whether the gate's figure is true of other captures."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrain_probes.labelled_project import LabelledProject, measure
from retrain_probes.step_log import StepKey, StepLog
from retrain_probes.trial import Trial


def measure_trained_row(
    trial: Trial,
    log: StepLog,
    start: Path,
    effort: str,
    chooser: str,
    labels: int,
    *,
    threads: int,
    settings: Sequence[str],
) -> None:
    """Make a project, label so many of its captures, retrain, and measure the new model.

    Args:
        trial: gives captures and labels.
        log: what it holds already is not measured again.
        start: bundle to start from.
        effort: quick or balanced.
        chooser: of the labels.
        labels: how many.
        threads: of the training.
        settings: more options of `vimd project retrain`.
    """
    key = StepKey(trial.name, trial.seed, chooser, labels, effort)
    if key in log or labels > len(trial.split.pool):
        return
    labelled = trial.order(chooser, labels)
    unlabelled = np.setdiff1d(trial.split.pool, labelled)
    with tempfile.TemporaryDirectory() as temporary:
        project = LabelledProject(
            Path(temporary) / "Benchmark.vimd",
            trial.truth(trial.split.pool),
            start,
            trial.given_groups(),
        )
        project.label(trial.files[row] for row in labelled)
        trained = project.retrain(effort, threads, settings)
        others = measure(trained.model, trial.truth(trial.split.others), "others")
        pool = measure(trained.model, trial.truth(unlabelled), "pool")
    figures = {
        **others,
        **pool,
        "classes": len(set(trial.classes[labelled].tolist())),
        "seconds": round(trained.wall_s, 1),
        "processor_s": round(trained.processor_s, 1),
        "load": round(os.getloadavg()[0], 1),
        "measured_others": len(trial.split.others),
    }
    if trained.gate is not None:
        figures |= {"expected_top1": trained.gate.top1, "expected_on": trained.gate.captures}
        figures |= {"expected_low": round(trained.gate.low, 5), "expected_high": round(trained.gate.high, 5)}
    log.add(key, figures)
