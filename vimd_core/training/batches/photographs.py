"""Photographs in memory with their low-resolution versions.

Sizes: s upscale factor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vimd_core.data.images.decoding import decode_image
from vimd_core.errors import DatasetError, ImageError
from vimd_core.models.super_resolution import bicubic_downscale
from vimd_core.user_messages import Sentence, sentence

_READERS = 4


@dataclass(frozen=True)
class Photographs:
    """Pairs of a photograph and its reduction.

    Attributes:
        pairs: low and high resolution of each: (3, h, w) and (3, s*h, s*w) uint8.
        left_out: what is said of each file that could not be used.
        fingerprint: of the files' contents, to resume with the same ones only.
    """

    pairs: tuple[tuple[Tensor, Tensor], ...]
    left_out: tuple[Sentence, ...]
    fingerprint: str

    def split(self, count: int, seed: int) -> tuple[Photographs, Photographs]:
        """Hold `count` of them back: the rest, and those.

        Raises:
            DatasetError: there are not more than that.
        """
        if len(self.pairs) <= count:
            raise DatasetError(
                "{count} photographs are too few: {held_back} are held out for validation, and at "
                "least one more is needed for training.",
                count=len(self.pairs),
                held_back=count,
            )
        order = torch.randperm(len(self.pairs), generator=torch.Generator().manual_seed(seed)).tolist()
        shuffled = [self.pairs[i] for i in order]
        return (
            Photographs(tuple(shuffled[:-count]), self.left_out, self.fingerprint),
            Photographs(tuple(shuffled[-count:]), (), self.fingerprint),
        )


def load_photographs(
    files: Sequence[Path],
    upscale: int,
    *,
    smallest_px: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Photographs:
    """Read photographs and make their low-resolution versions.

    Args:
        files: images of any size.
        upscale: s.
        smallest_px: least side of a low-resolution version; smaller photographs are left out.
        progress: is told files done and files in all, in this thread; may raise to end the reading.

    Raises:
        DatasetError: none of them can be used.
    """

    def read(path: Path) -> tuple[Tensor, Tensor] | Sentence:
        try:
            hr = torch.from_numpy(decode_image(path).copy()).permute(2, 0, 1)
        except ImageError as e:
            return e.sentence
        height, width = (side - side % upscale for side in hr.shape[1:])
        if min(height, width) < smallest_px * upscale:
            return sentence(
                "{path} is too small: each photograph must be at least {side_px} px wide and high.",
                path=path,
                side_px=smallest_px * upscale,
            )
        hr = hr[:, :height, :width].contiguous()
        lr = bicubic_downscale(hr[None].float() / 255.0, upscale)[0]
        return (lr * 255.0).round().to(torch.uint8), hr

    pairs: list[tuple[Tensor, Tensor]] = []
    left_out: list[Sentence] = []
    digest = hashlib.sha256()
    pool = ThreadPoolExecutor(_READERS)
    try:
        for done, pair in enumerate(pool.map(read, files), start=1):
            if isinstance(pair, Sentence):
                left_out.append(pair)
            else:
                pairs.append(pair)
                digest.update(np.ascontiguousarray(pair[0].numpy()).data)
            progress(done, len(files))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    if not pairs:
        if left_out:
            raise DatasetError.of(left_out[0])
        raise DatasetError("There are no photographs: give a folder that holds some.")
    return Photographs(tuple(pairs), tuple(left_out), digest.hexdigest())
