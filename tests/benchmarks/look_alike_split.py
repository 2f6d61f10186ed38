"""Hold back whole groups of look-alike photographs, as a test on things that were not photographed beside the others.

Photographs of one visit to a shop look alike, so a random part of a set says little about the next visit. Here the
photographs of each class are grouped by their thumbnails and colours (average linkage, small groups first), and whole
groups are held back. Nothing that was learnt is asked, so that the split favours no model.

    python tests/benchmarks/look_alike_split.py CLASS_FOLDERS split.csv
    vimd distill --data split.csv ...
    vimd evaluate --data split.csv --split test ...

Sizes: N photographs of a class, F features.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

THUMBNAIL_PX, COLOUR_PX, COLOUR_BINS = 12, 64, 5
LEAST_HELD_BACK, MOST_HELD_BACK = 0.18, 0.3
"""Groups are taken until the first share is reached; none is taken that would exceed the second."""
PHOTOGRAPHS_PER_GROUP, LEAST_GROUPS = 7, 4
_SIZE_PENALTY = 0.02


def features(path: Path) -> npt.NDArray[np.float64]:
    """(F,): a standardised thumbnail and the square root of the colour histogram."""
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    thumbnail = np.asarray(image.resize((THUMBNAIL_PX,) * 2, Image.Resampling.BOX), np.float32) / 255
    pixels = np.asarray(image.resize((COLOUR_PX,) * 2, Image.Resampling.BOX)).reshape(-1, 3)
    counts = np.histogramdd(pixels, bins=(COLOUR_BINS,) * 3, range=((0, 256),) * 3)[0].ravel()
    shape = (thumbnail - thumbnail.mean()).ravel() / max(thumbnail.std(), 1e-3) / 20
    return np.concatenate([shape, 1.5 * np.sqrt(counts / counts.sum())])


def look_alike_groups(vectors: npt.NDArray[np.float64]) -> list[list[int]]:
    """Merge the nearest two groups again and again, larger ones a little later (average linkage).

    Sums of distances between groups are kept and added up when two merge (Lance and Williams, 1967), and each group
    remembers its nearest one, so that thousands of photographs take seconds.

    Args:
        vectors: (N, F).

    Returns:
        Row numbers of each group.
    """
    count = len(vectors)
    squares = (vectors**2).sum(axis=1)
    sums = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * vectors @ vectors.T, 0))  # (N, N)
    groups = {row: [row] for row in range(count)}
    sizes = np.ones(count)
    np.fill_diagonal(sums, np.inf)

    def costs(row: int) -> npt.NDArray[np.float64]:
        together = sizes + sizes[row]
        found: npt.NDArray[np.float64] = sums[row] / (sizes * sizes[row]) * (1 + _SIZE_PENALTY * together)
        return found

    nearest = np.array([costs(row).argmin() for row in range(count)], np.int64)
    least = np.array([costs(row)[nearest[row]] for row in range(count)])
    while len(groups) > max(LEAST_GROUPS, count // PHOTOGRAPHS_PER_GROUP):
        first = int(least.argmin())
        first, second = sorted((first, int(nearest[first])))
        groups[first] += groups.pop(second)
        sums[first] += sums[second]
        sums[:, first] = sums[first]
        sums[first, first] = np.inf
        sums[second] = sums[:, second] = np.inf
        sizes[first] += sizes[second]
        least[second] = np.inf
        changed = costs(first)
        nearest[first], least[first] = changed.argmin(), changed.min()
        for row in groups:
            if row != first and nearest[row] in (first, second):
                own = costs(row)
                nearest[row], least[row] = own.argmin(), own.min()
            elif row != first and changed[row] < least[row]:
                nearest[row], least[row] = first, changed[row]
    return list(groups.values())


def held_back(groups: Sequence[Sequence[int]], random: np.random.Generator) -> set[int]:
    """Rows of some of the groups, by chance."""
    total = sum(len(group) for group in groups)
    chosen: set[int] = set()
    for index in random.permutation(len(groups)):
        if len(chosen) < LEAST_HELD_BACK * total:
            grown = chosen | set(groups[index])
            if len(grown) <= MOST_HELD_BACK * total + 1:
                chosen = grown
    return chosen


def main() -> None:
    """Write a manifest with the splits train and test."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="one sub-folder for each class")
    parser.add_argument("manifest", type=Path, help="CSV to write")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    with options.manifest.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label", "split", "group"))
        for folder in sorted(path for path in options.folder.resolve().iterdir() if path.is_dir()):
            paths = sorted(folder.iterdir())
            groups = look_alike_groups(np.array([features(path) for path in paths]))
            test = held_back(groups, random)
            for number, group in enumerate(groups):
                for row in group:
                    split = "test" if row in test else "train"
                    writer.writerow((paths[row], folder.name, split, f"{folder.name}-{number}"))


if __name__ == "__main__":
    main()
