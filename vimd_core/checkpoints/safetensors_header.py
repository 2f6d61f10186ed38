"""Reads and makes the header of a safetensors file without its tensors. Torch-free.

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
from typing import Any, Final

from vimd_core.errors import CheckpointError
from vimd_core.processes.file_errors import NO_REGULAR_FILE

_LENGTH: Final = struct.Struct("<Q")
MAX_HEADER_BYTES: Final = 100_000_000
_MATRIX_DIMENSIONS: Final = 2
_FORMATS: Final = {"F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64"}


@dataclass(frozen=True)
class StoredTensor:
    """Where a file holds a tensor.

    Attributes:
        dtype: as the format calls it, such as "F16".
        begin: offset of its first byte behind the header.
        end: offset of the byte after its last one.
    """

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True)
class SafetensorsHeader:
    """What a safetensors file says of itself.

    Attributes:
        metadata: the strings that its writer put in.
        tensors: by name.
        data_offset: bytes before those of the tensors.
        file_bytes: size of the file.
    """

    metadata: Mapping[str, str]
    tensors: Mapping[str, StoredTensor]
    data_offset: int
    file_bytes: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each tensor by name."""
        return {name: tensor.shape for name, tensor in self.tensors.items()}

    @property
    def data_bytes(self) -> int:
        """Bytes of all tensors."""
        return max((tensor.end for tensor in self.tensors.values()), default=0)


def read_header(path: Path) -> SafetensorsHeader:
    """Read the header, and check that the file is as long as the header says.

    Raises:
        CheckpointError: there is no such file, or it is not a whole safetensors file.
    """
    try:
        if path.is_dir():
            raise CheckpointError("{path} is a folder: give the .safetensors file of a model.", path=path)
        if path.exists() and not path.is_file():
            raise CheckpointError(
                "The model file {path} can't be read ({reason}).",
                path=path,
                reason=NO_REGULAR_FILE,
            )
        with path.open("rb") as file:
            file_bytes = path.stat().st_size
            raw_header = _read_raw_header(path, file.read(_LENGTH.size), file_bytes, file.read)
    except FileNotFoundError:
        raise CheckpointError("There is no model file {path}.", path=path) from None
    except OSError as e:
        raise CheckpointError(
            "The model file {path} can't be read ({reason}).", path=path, reason=e.strerror or e
        ) from e
    return _parse(path, raw_header, file_bytes)


def _read_raw_header(path: Path, prefix: bytes, file_bytes: int, read: Callable[[int], bytes]) -> bytes:
    if file_bytes == 0:
        raise CheckpointError(
            "The model file {path} is empty (0 bytes): copy or download it again.", path=path
        )
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
        tensors = {name: _stored_tensor(entry) for name, entry in entries.items()}
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as e:
        raise CheckpointError(
            "The header of the model file {path} is damaged: copy or download it again.", path=path
        ) from e
    header = SafetensorsHeader(metadata, tensors, _LENGTH.size + len(raw_header), file_bytes)
    if file_bytes < header.data_offset + header.data_bytes:
        raise _truncated(path)
    return header


def _stored_tensor(entry: Mapping[str, Any]) -> StoredTensor:
    begin, end = (int(offset) for offset in entry["data_offsets"])
    if not 0 <= begin <= end:
        raise ValueError(f"a tensor lies from {begin} to {end}")
    return StoredTensor(str(entry["dtype"]), tuple(int(size) for size in entry["shape"]), begin, end)


def stored_precision(path: Path) -> str:
    """In which number format a file holds its matrices and kernels, in words.

    Raises:
        CheckpointError: it can't be read.
    """
    found = {
        tensor.dtype
        for tensor in read_header(path).tensors.values()
        if len(tensor.shape) >= _MATRIX_DIMENSIONS
    }
    names = sorted(_FORMATS.get(dtype, dtype) for dtype in found) or ["float32"]
    return f"matrices and kernels in {' and '.join(names)}"


def raw_header_of(tensors: Mapping[str, StoredTensor], metadata: Mapping[str, str]) -> bytes:
    """The bytes before those of the tensors: length, JSON, and blanks up to a multiple of eight."""
    entries: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    for name, tensor in sorted(tensors.items(), key=lambda item: item[1].begin):
        entries[name] = {
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
            "data_offsets": [tensor.begin, tensor.end],
        }
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH.size)
    return _LENGTH.pack(len(text)) + text


def _not_safetensors(path: Path) -> CheckpointError:
    return CheckpointError(
        "{path} is not a safetensors file: import published .pth weights with `vimd model import` first.",
        path=path,
    )


def _truncated(path: Path) -> CheckpointError:
    return CheckpointError("The model file {path} is truncated: copy or download it again.", path=path)
