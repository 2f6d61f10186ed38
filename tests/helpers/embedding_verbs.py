"""Features of captures that form clusters, and files of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.embeddings.features import CaptureFeatures, open_features
from vimd_core.embeddings.file import append_embeddings

M = 16


def clusters(count: int, num_classes: int = 4, spread: float = 0.12, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Embeddings around one centre a class, and their classes."""
    generator = torch.Generator().manual_seed(seed)
    centres = functional.normalize(torch.randn(num_classes, M, generator=generator), dim=1)
    classes = torch.arange(count) % num_classes
    noise = torch.randn(count, M, generator=generator) * spread
    return functional.normalize(centres[classes] + noise, dim=1), classes


def keep(path: Path, vectors: Tensor, first_id: int = 1) -> Path:
    ids = range(first_id, first_id + len(vectors))
    append_embeddings(path, vectors.shape[1], ids, vectors.half().numpy().tobytes())
    return path


def angles(*degrees: float, length: float = 1.0) -> Tensor:
    """Embeddings that lie so in one plane."""
    turns = torch.tensor(degrees).deg2rad()
    vectors = torch.zeros(len(degrees), M)
    vectors[:, 0], vectors[:, 1] = turns.cos() * length, turns.sin() * length
    return vectors


def known(vectors: Tensor) -> CaptureFeatures:
    """Features of captures 1, 2, 3, ... by the own network alone."""
    own = vectors.half().numpy()
    return CaptureFeatures(np.arange(1, len(own) + 1), own, np.empty((len(own), 0), np.float16))


def opened(path: Path) -> CaptureFeatures:
    """What one file has, without a companion."""
    return open_features(path, None)
