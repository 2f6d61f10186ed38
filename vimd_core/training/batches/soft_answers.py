"""Soft answers (soft labels) on captures: what the project's teacher says of each, and how much that counts.

Kept sparse: of 2,000 classes few are likely. Sizes: N captures, T classes named for each, K classes, B of a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class SoftAnswers:
    """Answers on the images of a `CaptureSet`, in its order.

    Attributes:
        classes: (N, T) int64, the likeliest one first.
        masses: (N, T) float32, at least 0: probability times the weight of the capture; a row of 0 says nothing.
        num_classes: K.
    """

    classes: Tensor
    masses: Tensor
    num_classes: int

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def likeliest(self) -> Tensor:
        """(N,) int64."""
        return self.classes[:, 0]

    def on(self, indices: Tensor) -> Tensor:
        """(B, K) probabilities times weights of the captures at (B,) indices."""
        dense = torch.zeros(len(indices), self.num_classes)
        return dense.scatter_add_(1, self.classes[indices], self.masses[indices])

    def subset(self, indices: Sequence[int]) -> SoftAnswers:
        """The answers on some captures."""
        chosen = torch.as_tensor(indices, dtype=torch.int64)
        return SoftAnswers(self.classes[chosen], self.masses[chosen], self.num_classes)
