"""The rival: a linear classifier on what a frozen model sees in captures.

Sizes: N captures, M numbers in an embedding, K classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vimd_core.data.datasets.capture_batches import read_batches
from vimd_core.inference.predictor import Predictor
from vimd_core.training.initialisation.head_fit import fitted


class LinearClassifier:
    """Logistic regression on the embeddings of a model that is left as it is.

    Args:
        model: bundle.
        rest: name of the class of each capture that is measured on.
    """

    def __init__(self, model: Path, rest: Mapping[Path, str]) -> None:
        self._predictor = Predictor.load(model, device="cpu")
        self._seen: dict[Path, Tensor] = {}
        self._see(rest)
        self._rest = {path: name for path, name in rest.items() if path in self._seen}

    def top1(self, labelled: Mapping[Path, str]) -> float:
        """Learn from captures, and measure on the rest.

        Args:
            labelled: name of the class of each.
        """
        self._see(labelled)
        names = sorted(set(labelled.values()))
        labels = torch.tensor([names.index(name) for name in labelled.values()])
        vectors = torch.stack([self._seen[path] for path in labelled])
        weight, bias = fitted(
            vectors,
            labels,
            torch.zeros(len(names), vectors.shape[1]),
            torch.zeros(len(names)),
            class_balance=0.5,
        )
        said = (torch.stack([self._seen[path] for path in self._rest]) @ weight.T + bias).argmax(dim=1)
        right = [names[index] == name for index, name in zip(said.tolist(), self._rest.values(), strict=True)]
        return sum(right) / len(right)

    def _see(self, captures: Iterable[Path]) -> None:
        new = [path for path in captures if path not in self._seen]
        size_px = self._predictor.info.config.lr_size_px
        for batch in read_batches(enumerate(new), batch_size=64, size_px=size_px):
            read = [one for one in batch if one.image is not None]
            found = self._predictor.predict([one.image for one in read if one.image is not None])
            for one, prediction in zip(read, found, strict=True):
                if prediction.embedding is not None:
                    self._seen[one.path] = torch.from_numpy(prediction.embedding.astype(np.float32))
