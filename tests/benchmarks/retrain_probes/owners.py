"""Who labels a project, and in which order: by chance, or as the review queue says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from retrain_probes.labelled_project import LabelledProject
from vimd_core.embeddings.coverage import worth_labelling
from vimd_core.embeddings.file import open_embeddings

Owner = Callable[[LabelledProject, Sequence[int], int, int], list[int]]


def by_chance(project: LabelledProject, labelled: Sequence[int], count: int, seed: int) -> list[int]:
    """Captures in an order that depends on the seed alone.

    Args:
        project: what is labelled.
        labelled: captures that are already.
        count: how many more.
        seed: of the order.
    """
    order = np.random.default_rng(seed).permutation(sorted(project.truth))
    known = set(labelled)
    return [int(capture_id) for capture_id in order if int(capture_id) not in known][:count]


def by_queue(project: LabelledProject, labelled: Sequence[int], count: int, seed: int) -> list[int]:
    """The first captures of Review > Worth a label, by what the model in use sees in them.

    Args:
        project: what is labelled.
        labelled: captures that are already.
        count: how many more.
        seed: of the sample that stands for a large project.
    """
    stored = open_embeddings(project.embeddings)
    return worth_labelling(stored, np.array(labelled, np.int64), count, seed=seed).tolist()


OWNERS: Final[Mapping[str, Owner]] = {"random": by_chance, "queue": by_queue}
