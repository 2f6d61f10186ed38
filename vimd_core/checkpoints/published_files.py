"""Reads state dicts from files that others made, without running anything from them."""

from __future__ import annotations

import argparse
import pickle
import re
import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from vimd_core.errors import CheckpointError
from vimd_core.processes.file_errors import NO_REGULAR_FILE

# The published Vision Mamba files carry their training options; a Namespace is a bag of plain values.
_ALLOWED_IN_PICKLES: Final = (argparse.Namespace,)
_STATE_DICT_KEYS: Final = ("model", "state_dict")
# How torch names what it refuses; what it can't read for another reason has no such name.
_REFUSED: Final = re.compile(r"(?:GLOBAL|but got)\s+(?:<class ')?([A-Za-z_][\w.]*)")
_DAMAGED: Final = (
    OSError,
    RuntimeError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    UnicodeError,
    AssertionError,
    struct.error,
    zipfile.BadZipFile,
)


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """Read weights from a .pth or .pth.tar pickle, a bare state dict or a safetensors file.

    In a dictionary the state dict is looked for under "model" and "state_dict". The prefix "module.", which
    training on several GPUs leaves behind, is taken away.

    Args:
        path: the file.

    Returns:
        Tensors on the CPU by name.

    Raises:
        CheckpointError: the file is missing or damaged, holds anything but plain values and tensors, or has
            no state dict.
    """
    if path.is_dir():
        raise CheckpointError("{path} is a folder: give the file that holds the weights.", path=path)
    if not path.exists():
        raise CheckpointError("There is no file {path}.", path=path)
    if not path.is_file():
        raise CheckpointError("{path} can't be read ({reason}).", path=path, reason=NO_REGULAR_FILE)
    content = _read_safetensors(path) if _is_safetensors(path) else _read_pickle(path)
    return _without_module_prefix(_state_dict_in(path, content))


def _is_safetensors(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            beginning = file.read(9)
    except OSError as e:
        raise CheckpointError("{path} can't be read ({reason}).", path=path, reason=e.strerror or e) from e
    if not beginning:
        raise CheckpointError("{path} is empty (0 bytes): copy or download it again.", path=path)
    return path.suffix == ".safetensors" or beginning[8:] == b"{"


def _read_safetensors(path: Path) -> Mapping[str, Any]:
    try:
        tensors: dict[str, Any] = load_file(path)
    except (OSError, SafetensorError) as e:
        raise CheckpointError(
            "{path} is a damaged safetensors file ({reason}): copy or download it again.", path=path, reason=e
        ) from e
    return tensors


def _read_pickle(path: Path) -> Any:
    try:
        with warnings.catch_warnings(), torch.serialization.safe_globals(list(_ALLOWED_IN_PICKLES)):
            warnings.simplefilter("ignore")  # what can't be read is said below
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as e:
        refused = _REFUSED.search(str(e))
        if refused is not None:
            raise CheckpointError(
                "{path} contains {names}. ViMD reads only weights and plain values, as anything else "
                "could run code: ask the author for a safetensors file.",
                path=path,
                names=_refused_names(path, refused.group(1)),
            ) from e
        raise _damaged(path) from e
    except _DAMAGED as e:
        raise _damaged(path) from e


def _refused_names(path: Path, first: str) -> str:
    """Everything in the pickle that is refused; this too only reads the pickle's instructions."""
    names = {first}
    if zipfile.is_zipfile(path):
        try:
            names.update(torch.serialization.get_unsafe_globals_in_checkpoint(path))
        except (*_DAMAGED, pickle.UnpicklingError):
            return first
    names -= {f"{kind.__module__}.{kind.__qualname__}" for kind in _ALLOWED_IN_PICKLES}
    return ", ".join(sorted(names))


def _damaged(path: Path) -> CheckpointError:
    return CheckpointError(
        "{path} is not a file of weights, or it is damaged: copy or download it again.", path=path
    )


def _state_dict_in(path: Path, content: Any) -> Mapping[str, Tensor]:
    candidates = [content]
    if isinstance(content, Mapping):
        candidates += [content[key] for key in _STATE_DICT_KEYS if key in content]
    for candidate in candidates:
        if isinstance(candidate, Mapping) and candidate and _holds_tensors_only(candidate):
            return candidate
    keys = " or ".join(map(repr, _STATE_DICT_KEYS))
    raise CheckpointError(
        "{path} has no state dict: it should be one, or hold one under {keys}.", path=path, keys=keys
    )


def _holds_tensors_only(candidate: Mapping[Any, Any]) -> bool:
    return all(isinstance(name, str) and isinstance(value, Tensor) for name, value in candidate.items())


def _without_module_prefix(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix("module."): value for name, value in state.items()}
