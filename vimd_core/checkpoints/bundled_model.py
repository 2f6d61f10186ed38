"""The model that comes with the program (starter model): where its file lies. Torch-free."""

from __future__ import annotations

import importlib.resources
from pathlib import Path
from typing import Final

from vimd_core.errors import CheckpointError

STARTER_MODEL: Final = "traffic-signs-compact.safetensors"


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
