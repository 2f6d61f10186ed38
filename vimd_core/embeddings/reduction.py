"""Principal component analysis: fewer numbers for what is fitted many times. numpy alone.

Sizes: N captures, M numbers of one, W numbers that are kept.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

WIDTH: Final = 256


def reduced(vectors: npt.NDArray[np.float32], width: int = WIDTH) -> npt.NDArray[np.float32]:
    """The places of captures along the directions in which they differ most.

    Args:
        vectors: (N, M).
        width: W.

    Returns:
        (N, min(N, M, W)) float32 of mean 0, each column with the sign that makes its largest number positive.
    """
    centred = vectors - vectors.mean(axis=0)
    count = min(*centred.shape, width)
    if centred.shape[0] < centred.shape[1]:  # the smaller of the two products has the same spectrum
        values, directions = np.linalg.eigh(centred @ centred.T)
        places = directions * np.sqrt(np.maximum(values, 0.0))
    else:
        places = centred @ np.linalg.eigh(centred.T @ centred)[1]
    places = places[:, ::-1][:, :count]
    if not len(places):
        return np.zeros((0, count), np.float32)
    largest = places[np.abs(places).argmax(axis=0), np.arange(count)]
    return np.ascontiguousarray(places * np.where(largest < 0, -1.0, 1.0), np.float32)
