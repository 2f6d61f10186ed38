"""Rows of the live suggestions: what the project's teacher says from the labels so far.

Sizes: L labels.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from retrain_probes.figures import accuracy_figures, auroc
from retrain_probes.frozen.rows import NONE_OF_THESE, known_classes
from retrain_probes.step_log import StepKey, StepLog
from retrain_probes.trial import Trial
from vimd_core.suggestions.answers import KnownLabels
from vimd_core.suggestions.teacher import ProjectTeacher

SUGGESTIONS: Final = "live suggestions"


def measure_suggestion_rows(
    trial: Trial, log: StepLog, counts: Sequence[int], choosers: Iterable[str]
) -> None:
    """At each count of labels, by each chooser; then the protocol "none of these" by chance."""
    wanted = [
        (chooser, labels, protocol)
        for protocol, by in (("accuracy", choosers), (NONE_OF_THESE, ("chance",)))
        for chooser in by
        for labels in counts
        if StepKey(trial.name, trial.seed, chooser, labels, SUGGESTIONS, protocol) not in log
    ]
    if not wanted:
        return
    start = time.process_time()
    teacher = ProjectTeacher(trial.features.captures.taken(trial.split.pool))
    preparing_s = time.process_time() - start
    for chooser, labels, protocol in wanted:
        if protocol == NONE_OF_THESE:
            order = trial.order("chance", len(trial.split.pool))
            order = order[np.isin(trial.classes[order], known_classes(trial))]
        else:
            order = trial.order(chooser, labels)
        if labels <= len(order):
            key = StepKey(trial.name, trial.seed, chooser, labels, SUGGESTIONS, protocol)
            _measure(trial, log, teacher, key, order[:labels], preparing_s)


def _measure(
    trial: Trial,
    log: StepLog,
    teacher: ProjectTeacher,
    key: StepKey,
    labelled: npt.NDArray[np.int64],
    preparing_s: float,
) -> None:
    pool, others = trial.split.pool, trial.split.others
    known = KnownLabels(labelled + 1, trial.classes[labelled], trial.things(labelled))
    begun = time.process_time()
    teacher.reconsider(known)
    weighed = time.process_time()
    found = teacher.suggest(known)
    end = time.process_time()
    elsewhere = teacher.predict(trial.features.captures.taken(others))
    if key.protocol == NONE_OF_THESE:
        is_unknown = ~np.isin(trial.classes[others], known_classes(trial))
        log.add(key, {"auroc": round(auroc(elsewhere.novelty, is_unknown), 5)})
        return
    is_open = ~np.isin(pool, labelled)
    figures = {
        **accuracy_figures(elsewhere.classes, elsewhere.probabilities, trial.classes[others], "others"),
        **accuracy_figures(
            found.classes[is_open], found.probabilities[is_open], trial.classes[pool[is_open]], "pool"
        ),
        "classes": len(set(trial.classes[labelled].tolist())),
        "method": found.method,
        "processor_s": round(end - weighed, 3),
        "weighing_s": round(weighed - begun, 3),
        "preparing_s": round(preparing_s, 3),
    }
    if found.expected_accuracy is not None:
        share = found.expected_accuracy.elsewhere
        figures |= {"expected_top1": round(share.value, 5), "expected_on": len(labelled)}
        figures |= {"expected_low": round(share.low, 5), "expected_high": round(share.high, 5)}
    log.add(key, figures)
