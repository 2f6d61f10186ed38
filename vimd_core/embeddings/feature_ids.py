"""Cache keys of the two frozen feature sets that captures are kept in. Torch-free and numpy-free.

Captures are seen by two networks that have learnt nothing from the project's labels: *own*, the model that the active
one was first made from, and the *companion*, with features of ImageNet. What they see changes with their weights and
with how pixels are brought to them; both are in the key, so that features of another form are never mixed with these.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# `vimd_core.checkpoints.identity.model_id` of resources/models/efficientnet-lite2.safetensors.
COMPANION_MODEL_ID: Final = "f0b3e7b9c98c151fedb563860223cd7ba2165a5d21c4f6da58690bd8af2c3c99"
# Height and width that the companion sees, turned for high captures: the shape nearest to a capture's own. With 200
# labels a linear classifier on both networks' features has 47.7 % with squares of 128 px, in the mean of five sets,
# 47.6 at 176, 47.2 at 144 and 46.8 at 112; and on meters of 20 x 32 px 43.6 % squeezed into a square, 47.7 in almost
# their own shape. All sides halve evenly five times.
COMPANION_SHAPES_PX: Final = ((128, 128), (96, 160), (64, 256))
_OWN_FORM: Final = "own features 1: class token, means of several depths"
_COMPANION_FORM: Final = f"companion features 3: {COMPANION_SHAPES_PX}; head, means of stages"


@dataclass(frozen=True)
class FeatureFiles:
    """Where the features of a project's captures are kept (`vimd_core.embeddings.file`).

    Attributes:
        own: of the own network.
        companion: of the companion; None where this installation lacks it.
    """

    own: Path
    companion: Path | None


@dataclass(frozen=True)
class OwnNetwork:
    """The model that stands at the beginning.

    Attributes:
        model_id: its identity.
        path: its bundle.
    """

    model_id: str
    path: Path


def own_features_id(model_id: str) -> str:
    """The key of what a model sees at several depths.

    Args:
        model_id: its identity.

    Returns:
        64 hexadecimal digits.
    """
    return _key(_OWN_FORM, model_id)


def companion_features_id() -> str:
    """The key of what the companion sees, 64 hexadecimal digits."""
    return _key(_COMPANION_FORM, COMPANION_MODEL_ID)


def _key(form: str, model_id: str) -> str:
    return hashlib.sha256(f"{form}\n{model_id}\n".encode()).hexdigest()
