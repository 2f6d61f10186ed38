"""Weights that come with the program: where their files lie. Torch-free."""

from __future__ import annotations

import importlib.resources
from pathlib import Path
from typing import Final

from vimd_core.errors import CheckpointError

STARTER_MODEL: Final = "traffic-signs-compact.safetensors"
GENERAL_MODEL: Final = "general-compact.safetensors"
COMPANION: Final = "efficientnet-lite2.safetensors"
_SUFFIX: Final = ".safetensors"


def models_folder() -> Path:
    """The folder of the models that come with the program."""
    # The package `resources` is always unpacked into files: the child process opens them by path.
    return Path(str(importlib.resources.files("resources"))) / "models"


def starter_model_path() -> Path:
    """The bundled starter model.

    Raises:
        CheckpointError: this installation lacks it.
    """
    path = models_folder() / STARTER_MODEL
    if not path.is_file():
        raise CheckpointError(
            "The bundled model {path} is missing: reinstall ViMD Studio or give --model.", path=path
        )
    return path


def bundled_weights() -> list[Path]:
    """The files that users may name: all but the companion, which classifies nothing."""
    return [path for path in sorted(models_folder().glob(f"*{_SUFFIX}")) if path.name != COMPANION]


def companion_path() -> Path:
    """Where the companion lies, the frozen network of ImageNet features; whether it is there is for readers to find."""
    return models_folder() / COMPANION
