"""Groups: whether things that the product finds are those that there are, and the gate's figure holds on others.

    python tests/benchmarks/benchmark_groups.py FEATURES.npz [...] [--seeds 3]

Each file is a labelled set: `own` (N, D1) features of the own network (`vimd_core.embeddings.extractor`), `y` labels,
`g` groups that are true or those of the benchmark. A third of the groups are held back, as things that no project has.
Of the others some captures are labelled by chance, what a retraining would hold back is held back by the product's own
groups, and a linear classifier stands for the training: its accuracy on what was held back, with its interval, against
its accuracy on the things in no project.

Sizes: N captures, D1 own numbers.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.evaluation.clustered import share_interval
from vimd_core.groups.agreement import likeness_of
from vimd_core.groups.look_alikes import find_look_alikes
from vimd_core.groups.things import Evidence, Likeness, things_of
from vimd_core.training.retraining.split import CaptureSplit, SplitShares, assign_splits

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
EMBED_DIM = 256
LABELS = (100, 200, 400, 1200)
OTHERS_SHARE, MOST, REPETITIONS = 0.35, 2500, 4


class LabelledCapture(NamedTuple):
    id: int
    class_id: int


class Result(NamedTuple):
    gate: float
    truth: float
    low: float
    high: float


def held_back(groups: Ints, classes: Ints, random: np.random.Generator) -> npt.NDArray[np.bool_]:
    """(N,) whole groups of each class, by chance, until it has about its share."""
    held = np.zeros(len(groups), bool)
    for class_id in np.unique(classes):
        rows = np.flatnonzero(classes == class_id)
        taken = 0
        for group in random.permutation(np.unique(groups[rows])):
            members = rows[groups[rows] == group]
            if taken + len(members) <= OTHERS_SHARE * len(rows) + 1:
                held[members] = True
                taken += len(members)
    return held


def whitened(own: npt.NDArray[np.float16]) -> Floats:
    """(N, D1) -> (N, 200)."""
    roots = np.sign(own) * np.sqrt(np.abs(own.astype(np.float32)))
    centred = roots - roots.mean(axis=0)
    values, directions = np.linalg.eigh(centred.T @ centred / len(own))
    values, directions = np.maximum(values[-200:], 0), directions[:, -200:]
    found = centred @ (directions / np.sqrt(values + 0.2 * values.mean()))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def answers(taught: Floats, classes: Ints, asked: Floats, count: int) -> Ints:
    """Kernel ridge with a linear kernel."""
    kernel = taught @ taught.T + 0.3 * np.eye(len(taught), dtype=np.float32)
    weights = taught.T @ np.linalg.solve(kernel, np.eye(count)[classes] - 1 / count)
    return np.asarray((asked @ weights).argmax(axis=1), np.int64)


def pairs(groups: Ints) -> int:
    counts = np.unique(groups, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def measured(
    x: Floats, classes: Ints, labelled: Ints, things: dict[int, int], others: Ints, seed: int
) -> Result:
    """What the gate says, and the truth."""
    captures = [LabelledCapture(int(row), int(classes[row])) for row in labelled]
    groups = {one.id: str(things[one.id]) for one in captures}
    splits = assign_splits(captures, groups, {}, SplitShares(validation=0.0), seed=seed)
    taught, held = (
        np.array(
            [row for row in labelled.tolist() if (splits[row] is CaptureSplit.HELD_BACK) is is_held], int
        )
        for is_held in (False, True)
    )
    said = answers(x[taught], classes[taught], x[np.r_[held, others]], int(classes.max()) + 1)
    right = said[: len(held)] == classes[held]
    of_thing: dict[str, list[int]] = {}
    for row, is_right in zip(held.tolist(), right.tolist(), strict=True):
        counts = of_thing.setdefault(groups[row], [0, 0])
        counts[0] += 1
        counts[1] += is_right
    low, high = share_interval([(one[0], one[1]) for one in of_thing.values()])
    return Result(float(right.mean()), float((said[len(held) :] == classes[others]).mean()), low, high)


def run(path: Path, seeds: int) -> None:
    """Measure one set, and print its lines."""
    with np.load(path) as file:
        own = file["own"]
        classes = np.unique(file["y"], return_inverse=True)[1].astype(np.int64)
        true_groups = np.unique(file["g"], return_inverse=True)[1].astype(np.int64)
    x = whitened(own)
    found: dict[tuple[str, int], list[Result]] = {}
    purity, recall, share = [], [], []
    for seed in range(seeds):
        random = np.random.default_rng(seed)
        is_other = held_back(true_groups, classes, random)
        others = np.flatnonzero(is_other)
        pool = np.sort(random.permutation(np.flatnonzero(~is_other))[:MOST])
        look = find_look_alikes(CaptureFeatures(pool + 1, own[pool], own[pool][:, :0]), EMBED_DIM).to_dict()
        looks = {i - 1: loose for i, (loose, _) in look.items()}
        twins = {i - 1: strict for i, (_, strict) in look.items()}
        evidence = {i: Evidence("", "", None, looks.get(i, 0), twins.get(i, 0)) for i in pool.tolist()}
        by_look = {i: one.number for i, one in things_of(evidence).items()}
        named = np.array([by_look.get(i, i) for i in pool.tolist()])
        both = pairs(named * (len(classes) + 1) + true_groups[pool])
        purity.append(both / max(1, pairs(named)))
        recall.append(both / max(1, pairs(true_groups[pool])))
        share.append(len(np.unique(named)) / len(pool))
        for repetition in range(REPETITIONS):
            for count in LABELS:
                labelled = random.permutation(pool)[:count]
                given = dict(zip(labelled.tolist(), classes[labelled].tolist(), strict=True))
                likeness = likeness_of(looks, twins, given)
                product = {i: one.number for i, one in things_of(evidence, likeness).items()}
                ways = {
                    "each capture": dict(zip(pool.tolist(), pool.tolist(), strict=True)),
                    "product": {i: product.get(i, i) for i in pool.tolist()},
                    "true groups": dict(zip(pool.tolist(), true_groups[pool].tolist(), strict=True)),
                }
                for way, things in ways.items():
                    result = measured(x, classes, labelled, things, others, repetition)
                    found.setdefault((way, count), []).append(result)
                found.setdefault((likeness.name, count), [])
    kinds = [one.name for one in Likeness if any((one.name, count) in found for count in LABELS)]
    print(
        f"{path.stem}: {np.mean(share):.2f} things a capture by look, purity {np.mean(purity):.2f}, "
        f"recall {np.mean(recall):.2f}; labels chose {', '.join(kinds)}"
    )
    for (way, count), results in found.items():
        if results:
            gap = np.array([one.gate - one.truth for one in results])
            inside = np.mean([one.low <= one.truth <= one.high for one in results])
            print(
                f"  {way:13} {count:5} labels: gate {100 * np.mean([one.gate for one in results]):5.1f}  truth "
                f"{100 * np.mean([one.truth for one in results]):5.1f}  gap {100 * gap.mean():+5.1f}  "
                f"mean |gap| {100 * np.abs(gap).mean():4.1f}  inside its interval {inside:.2f}",
                flush=True,
            )


def main() -> None:
    """Measure all sets."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("features", type=Path, nargs="+")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    for path in options.features:
        run(path, options.seeds)


if __name__ == "__main__":
    main()
