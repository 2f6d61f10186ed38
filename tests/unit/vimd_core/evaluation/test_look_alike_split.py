"""The split that holds back whole groups of look-alike photographs."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image
from places import BENCHMARKS

SCRIPT = BENCHMARKS / "look_alike_split.py"
VISITS = ((220, 40, 40), (40, 200, 40), (40, 40, 220), (230, 230, 60), (60, 220, 230))


def test_photographs_of_one_visit_stay_together(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for label in ("milk", "pear"):
        (tmp_path / "photographs" / label).mkdir(parents=True)
        for visit, colour in enumerate(VISITS):
            scene = random.normal(0, 40, (6, 6, 3))
            for shot in range(7):
                pixels = np.kron(scene + random.normal(0, 4, scene.shape), np.ones((8, 8, 1))) + colour
                image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
                image.save(tmp_path / "photographs" / label / f"{shot}-{visit}.png")
    manifest = tmp_path / "split.csv"
    subprocess.run([sys.executable, str(SCRIPT), str(tmp_path / "photographs"), str(manifest)], check=True)
    rows = list(csv.DictReader(manifest.open(encoding="utf-8")))
    assert len(rows) == 2 * 5 * 7
    visits, splits = defaultdict(set), defaultdict(set)
    for row in rows:
        visits[row["group"]].add(Path(row["path"]).stem.partition("-")[2])
        splits[row["group"]].add(row["split"])
    assert len(visits) == 10
    assert all(len(seen) == 1 for seen in (*visits.values(), *splits.values()))
    for label in ("milk", "pear"):
        tested = [row["split"] == "test" for row in rows if row["label"] == label]
        assert 0.18 <= np.mean(tested) <= 0.33


def test_groups_are_those_of_average_linkage_computed_anew_each_time() -> None:
    sys.path.insert(0, str(BENCHMARKS))
    import look_alike_split as module

    vectors = np.random.default_rng(2).normal(size=(40, 5))
    distances = np.linalg.norm(vectors[:, None] - vectors[None], axis=-1)
    groups = [[row] for row in range(len(vectors))]
    while len(groups) > max(module.LEAST_GROUPS, len(vectors) // module.PHOTOGRAPHS_PER_GROUP):
        _, first, second = min(
            (distances[np.ix_(a, b)].mean() * (1 + module._SIZE_PENALTY * (len(a) + len(b))), i, j)
            for i, a in enumerate(groups)
            for j, b in enumerate(groups)
            if i < j
        )
        groups[first] += groups.pop(second)
    found = module.look_alike_groups(vectors)
    assert {frozenset(group) for group in found} == {frozenset(group) for group in groups}
