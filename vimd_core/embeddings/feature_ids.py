"""Cache keys of the two frozen feature sets that captures are kept in. Torch-free and numpy-free.

Captures are seen by two networks that have learnt nothing from the project's labels: *own*, the model that the active
one was first made from, and the *companion*, with features of ImageNet. What they see changes with their weights and
with how pixels are brought to them; both are in the key, so that features of another form are never mixed with these.
"""

from __future__ import annotations

import hashlib
from typing import Final

# `vimd_core.checkpoints.identity.model_id` of resources/models/efficientnet-lite2.safetensors.
COMPANION_MODEL_ID: Final = "f0b3e7b9c98c151fedb563860223cd7ba2165a5d21c4f6da58690bd8af2c3c99"
# Side of the square that the companion sees: smaller costs accuracy, larger only time.
COMPANION_SIDE_PX: Final = 144
_OWN_FORM: Final = "own features 1: class token, means of several depths"
_COMPANION_FORM: Final = f"companion features 1: square of {COMPANION_SIDE_PX} px"


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
