"""Reads the header of a safetensors file without its tensors. Torch-free.

A safetensors file is a little-endian u64 (length of the header), a JSON header that maps each tensor's name
to {dtype, shape, data_offsets} and "__metadata__" to an object of strings, and then the tensors' bytes
(https://github.com/huggingface/safetensors, section "Format").
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vimd_core.errors import CheckpointError

_LENGTH: Final = struct.Struct("<Q")
MAX_HEADER_BYTES: Final = 100_000_000


@dataclass(frozen=True)
class SafetensorsHeader:
    """What a safetensors file says of itself.

    Attributes:
        metadata: the strings that its writer put in.
        shapes: shape of each tensor by name.
        file_bytes: size of the file.
    """

    metadata: Mapping[str, str]
    shapes: Mapping[str, tuple[int, ...]]
    file_bytes: int


def read_header(path: Path) -> SafetensorsHeader:
    """Read the header, and check that the file is as long as the header says.

    Raises:
        CheckpointError: there is no such file, or it is not a whole safetensors file.
    """
    try:
        if path.is_dir():
            raise CheckpointError(f"{path} is a folder: give the .safetensors file of a model.")
        with path.open("rb") as file:
            file_bytes = path.stat().st_size
            raw_header = _read_raw_header(path, file.read(_LENGTH.size), file_bytes, file.read)
    except FileNotFoundError:
        raise CheckpointError(f"There is no model file {path}.") from None
    except OSError as e:
        raise CheckpointError(f"The model file {path} can't be read ({e.strerror or e}).") from e
    return _parse(path, raw_header, file_bytes)


def _read_raw_header(path: Path, prefix: bytes, file_bytes: int, read: Callable[[int], bytes]) -> bytes:
    if file_bytes == 0:
        raise CheckpointError(f"The model file {path} is empty (0 bytes): copy or download it again.")
    if len(prefix) < _LENGTH.size:
        raise _not_safetensors(path)
    (header_bytes,) = _LENGTH.unpack(prefix)
    if not 2 <= header_bytes <= MAX_HEADER_BYTES:
        raise _not_safetensors(path)
    raw_header = read(header_bytes)
    if not raw_header.startswith(b"{"):
        raise _not_safetensors(path)
    if len(raw_header) < header_bytes:
        raise _truncated(path)
    return raw_header


def _parse(path: Path, raw_header: bytes, file_bytes: int) -> SafetensorsHeader:
    try:
        entries = json.loads(raw_header)
        metadata = {str(key): str(value) for key, value in entries.pop("__metadata__", {}).items()}
        shapes = {name: tuple(int(size) for size in entry["shape"]) for name, entry in entries.items()}
        data_bytes = max((int(entry["data_offsets"][1]) for entry in entries.values()), default=0)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as e:
        raise CheckpointError(
            f"The header of the model file {path} is damaged: copy or download it again."
        ) from e
    if file_bytes < _LENGTH.size + len(raw_header) + data_bytes:
        raise _truncated(path)
    return SafetensorsHeader(metadata, shapes, file_bytes)


def _not_safetensors(path: Path) -> CheckpointError:
    return CheckpointError(
        f"{path} is not a safetensors file: bring published .pth weights in with `vimd model import` first."
    )


def _truncated(path: Path) -> CheckpointError:
    return CheckpointError(f"The model file {path} is truncated: copy or download it again.")
