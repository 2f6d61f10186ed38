"""The files of a set as a project would get them: small, without loss, and under names that do not tell the class."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from retrain_probes.pictures import PictureSet


def prepare_files(pictures: PictureSet, folder: Path) -> list[Path]:
    """Reduce pictures, where the set says so, and put all of them into one folder.

    Names are numbers in an order by chance, so that neighbours in it are no neighbours elsewhere; frames of a track
    keep a common beginning and their order.

    Args:
        pictures: of any sizes.
        folder: to write to; what is there already is kept.

    Returns:
        The file of each picture, in their order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    groups = sorted({one.group for one in pictures.pictures})
    random = np.random.default_rng(len(pictures.pictures))
    numbers = random.permutation(len(pictures.pictures))
    track_of = dict(zip(groups, random.permutation(len(groups)).tolist(), strict=True))
    frame_of: Counter[str] = Counter()
    files = [folder] * len(pictures.pictures)
    for row in sorted(range(len(files)), key=lambda row: pictures.pictures[row].path.name):
        picture = pictures.pictures[row]
        name = f"{numbers[row]:06d}"
        if pictures.grouped_by == "track":
            name = f"{track_of[picture.group]:06d}_{frame_of[picture.group]:05d}"
            frame_of[picture.group] += 1
        suffix = ".png" if pictures.source.size_px else picture.path.suffix
        files[row] = folder / f"{name}{suffix}"
        if not files[row].exists():
            _write(picture.path, files[row], pictures.source.size_px)
    return files


def _write(source: Path, target: Path, size_px: int) -> None:
    if not size_px:
        shutil.copyfile(source, target)
        return
    with Image.open(source) as opened:
        image = opened.convert("RGB")
    if max(image.size) > size_px:
        image = image.resize((size_px, size_px), Image.Resampling.BICUBIC)
    image.save(target)
