"""Chooses the bundled sample captures from the data folder `gtsrb43_native`: always the same ones.

Usage: python installer/make_samples.py DATA_FOLDER, with the project installed.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
SMALLEST_PX, LARGEST_PX = 26, 62
EXTRA_CAPTURES = 5
NEAR_EVERY = 4


@dataclass(frozen=True)
class Candidate:
    """A capture that may be chosen; `side_px` is its longer side."""

    path: Path
    class_id: str
    track: str
    side_px: int


def read_candidates(folder: Path) -> list[Candidate]:
    """All captures of a folder CLASS/TRACK_FRAME.png, in order of their paths."""
    candidates = []
    for path in sorted(folder.glob("*/*.png")):
        with Image.open(path) as image:
            candidates.append(Candidate(path, path.parent.name, path.stem.split("_")[0], max(image.size)))
    return candidates


def nearest(candidates: list[Candidate], side_px: int) -> Candidate:
    """The candidate of about that size; of several, the first by path."""
    return min(candidates, key=lambda candidate: (abs(candidate.side_px - side_px), candidate.path))


def choose(candidates: list[Candidate]) -> list[Candidate]:
    """One capture of each class, of sizes from the smallest to the largest, and a few more of other signs.

    The extra ones come from the classes with the most signs and are as small as there are: the hard cases.
    """
    by_class: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_class.setdefault(candidate.class_id, []).append(candidate)
    spread_px = LARGEST_PX - SMALLEST_PX + 1
    # A step without a common divisor with the range visits every size before it repeats one.
    chosen = {
        class_id: nearest(group, SMALLEST_PX + 17 * place % spread_px)
        for place, (class_id, group) in enumerate(sorted(by_class.items()))
    }
    others = {
        class_id: [candidate for candidate in group if candidate.track != chosen[class_id].track]
        for class_id, group in by_class.items()
    }
    num_signs = {
        class_id: len({candidate.track for candidate in group}) for class_id, group in others.items()
    }
    most_signs_first = sorted(others, key=lambda class_id: (-num_signs[class_id], class_id))
    extra = [nearest(others[class_id], SMALLEST_PX) for class_id in most_signs_first[:EXTRA_CAPTURES]]
    return sorted([*chosen.values(), *extra], key=lambda candidate: candidate.path)


def write_samples(data: Path, samples: Path) -> int:
    """Copy the chosen captures, some near frames of the same signs, and a table of what they show.

    Returns:
        The number of captures.
    """
    with (data / "classes.csv").open(encoding="utf-8", newline="") as file:
        class_names = {row["id"]: row["name"] for row in csv.DictReader(file)}
    chosen = choose(read_candidates(data / "test"))
    for name in ("captures", "near"):
        shutil.rmtree(samples / name, ignore_errors=True)
        (samples / name).mkdir(parents=True)
    rows = []
    for place, capture in enumerate(chosen):
        name = f"{capture.class_id}_{capture.path.name}"
        shutil.copyfile(capture.path, samples / "captures" / name)
        near_name = ""
        if place % NEAR_EVERY == 0:
            near = next((data / "test_hr" / capture.class_id).glob(f"{capture.track}_*.jpg"))
            near_name = f"{capture.class_id}_{near.name}"
            shutil.copyfile(near, samples / "near" / near_name)
        with Image.open(capture.path) as image:
            width_px, height_px = image.size
        class_name = class_names[capture.class_id]
        rows.append([name, capture.class_id, class_name, width_px, height_px, near_name])
    with (samples / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["capture", "class_id", "class_name", "width_px", "height_px", "near"])
        writer.writerows(rows)
    return len(chosen)


def main() -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds test, test_hr and classes.csv")
    data = parser.parse_args().data
    if not (data / "classes.csv").is_file():
        parser.error(f"{data} holds no classes.csv: name the folder gtsrb43_native.")
    count = write_samples(data, SAMPLES)
    sys.stdout.write(f"Wrote {count} captures to {SAMPLES}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
