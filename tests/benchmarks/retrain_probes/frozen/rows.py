"""Rows that need no training: linear classifiers on frozen features, and how they tell unknown classes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from retrain_probes.figures import accuracy_figures, auroc
from retrain_probes.frozen.linear import linear_probabilities
from retrain_probes.step_log import StepKey, StepLog
from retrain_probes.trial import Trial

OWN, LITE2 = "linear, our features", "linear, EfficientNet-Lite2"
NONE_OF_THESE: Final = "none of these"
_UNKNOWN_SHARE: Final = 1 / 3


def measure_frozen_rows(trial: Trial, log: StepLog, counts: Sequence[int], choosers: Iterable[str]) -> None:
    """Linear classifiers at each count of labels, by each chooser; then the protocol "none of these" by chance."""
    for chooser in choosers:
        for labels in sorted(counts):
            if labels <= len(trial.split.pool):
                _measure_accuracy(trial, log, chooser, labels, max(counts))
    known = known_classes(trial)
    order = trial.order("chance", len(trial.split.pool))
    order = order[np.isin(trial.classes[order], known)]
    for labels in (count for count in counts if count <= len(order)):
        _measure_none_of_these(trial, log, order[:labels])


def known_classes(trial: Trial) -> npt.NDArray[np.int64]:
    """The two thirds of the classes that may be labelled where "none of these" is measured."""
    count = len(trial.names)
    unknown = max(1, round(_UNKNOWN_SHARE * count))
    return np.random.default_rng(1000 + trial.seed).permutation(count)[unknown:]


def _measure_accuracy(trial: Trial, log: StepLog, chooser: str, labels: int, most: int) -> None:
    others = trial.split.others
    for row, vectors in ((OWN, trial.features.own), (LITE2, trial.features.lite2)):
        key = StepKey(trial.name, trial.seed, chooser, labels, row)
        if key in log:
            continue
        labelled = trial.order(chooser, most)[:labels]
        unlabelled = np.setdiff1d(trial.split.pool, labelled)
        start = time.process_time()
        known, indices = np.unique(trial.classes[labelled], return_inverse=True)
        found = linear_probabilities(
            vectors[labelled], indices, vectors[np.concatenate([others, unlabelled])]
        )
        processor_s = time.process_time() - start
        said, confidence = known[found.argmax(axis=1)], found.max(axis=1)
        end = len(others)
        log.add(
            key,
            {
                **accuracy_figures(said[:end], confidence[:end], trial.classes[others], "others"),
                **accuracy_figures(said[end:], confidence[end:], trial.classes[unlabelled], "pool"),
                "classes": len(known),
                "processor_s": round(processor_s, 3),
            },
        )


def _measure_none_of_these(trial: Trial, log: StepLog, labelled: npt.NDArray[np.int64]) -> None:
    others = trial.split.others
    is_unknown = ~np.isin(trial.classes[others], known_classes(trial))
    for row, vectors in ((OWN, trial.features.own), (LITE2, trial.features.lite2)):
        key = StepKey(trial.name, trial.seed, "chance", len(labelled), row, NONE_OF_THESE)
        if key not in log:
            _, indices = np.unique(trial.classes[labelled], return_inverse=True)
            found = linear_probabilities(vectors[labelled], indices, vectors[others])
            log.add(key, {"auroc": round(auroc(-found.max(axis=1), is_unknown), 5)})
