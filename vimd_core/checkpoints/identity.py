"""Identity hash of a model: SHA-256 of its tensors and the names of its classes. Torch-free.

Everything else in its file may change and leaves it the same model: measured figures, the temperature, a name, terms
of use. So figures can be recorded in a model that projects use, and a damaged weight is still found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from vimd_core.checkpoints.safetensors_header import raw_header_of, read_header
from vimd_core.data.files.hashing import sha256
from vimd_core.errors import CheckpointError
from vimd_core.processes.atomic_files import atomic_write

if TYPE_CHECKING:
    from vimd_core.checkpoints.bundle_info import BundleInfo

_FORM: Final = b"ViMD model identity 1\n"
_PIECE_BYTES: Final = 1 << 20
_SUFFIX: Final = ".safetensors"


def model_id(path: Path) -> str:
    """The identity of a model: SHA-256 of its tensors in the order of their names, and of the names of its classes.

    Hashed are, for each tensor, a line of JSON with its name, dtype and shape, and then its bytes; last the JSON list
    of class names, as far as the file has one.

    Args:
        path: a .safetensors file, a bundle or not.

    Returns:
        64 hexadecimal digits.

    Raises:
        CheckpointError: the file can't be read, or is not a whole safetensors file.
    """
    header = read_header(path)
    digest = hashlib.sha256(_FORM)
    try:
        with path.open("rb") as file:
            for name in sorted(header.tensors):
                tensor = header.tensors[name]
                digest.update(_line([name, tensor.dtype, list(tensor.shape)]))
                file.seek(header.data_offset + tensor.begin)
                for piece in _pieces(file, tensor.end - tensor.begin, path):
                    digest.update(piece)
    except OSError as e:
        raise CheckpointError(
            "The model file {path} can't be read ({reason}).", path=path, reason=e.strerror or e
        ) from e
    digest.update(_line(_class_names(header.metadata.get("classes"))))
    return digest.hexdigest()


def weights_id(path: Path) -> str:
    """The identity of any file of weights: `model_id` of a .safetensors file, and of others the SHA-256 of the file.

    Raises:
        CheckpointError: the file can't be read.
    """
    return model_id(path) if path.suffix == _SUFFIX else file_id(path)


def file_id(path: Path) -> str:
    """SHA-256 of the whole file, which was the identity of a model in older projects and runs.

    Raises:
        CheckpointError: the file can't be read.
    """
    try:
        return sha256(path)
    except OSError as e:
        raise CheckpointError(
            "The model file {path} can't be read ({reason}).", path=path, reason=e.strerror or e
        ) from e


def write_description(source: Path, target: Path, info: BundleInfo) -> None:
    """Copy a model with another description; its tensors stay as they are, byte for byte.

    Args:
        source: a model bundle.
        target: where to; it may be `source`, which is then replaced in one step. Who has that open goes on with what
            it was.
        info: the new description.

    Raises:
        CheckpointError: the source is no whole bundle, or the target can't be written.
    """
    header = read_header(source)
    try:
        with source.open("rb") as old, atomic_write(target) as temporary, temporary.open("wb") as new:
            new.write(raw_header_of(header.tensors, info.to_metadata()))
            old.seek(header.data_offset)
            for piece in _pieces(old, header.data_bytes, source):
                new.write(piece)
    except OSError as e:
        raise CheckpointError(
            "The model can't be written to {target} ({reason}).", target=target, reason=e.strerror or e
        ) from e


def answer_settings(info: BundleInfo) -> dict[str, Any]:
    """What of a description decides the model's answers, beside its tensors; JSON-ready."""
    values: dict[str, Any] = {
        "temperature": info.temperature,
        "normalisation": dict(info.normalisation),
        "config": info.config.to_dict(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(values))
    return plain


def _pieces(file: IO[bytes], count: int, path: Path) -> Iterator[bytes]:
    while count:
        piece = file.read(min(count, _PIECE_BYTES))
        if not piece:
            raise CheckpointError("The model file {path} is truncated: copy or download it again.", path=path)
        count -= len(piece)
        yield piece


def _line(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _class_names(stored: str | None) -> Any:
    """The list that a bundle has there; other files may have anything."""
    if stored is None:
        return None
    try:
        return json.loads(stored)
    except ValueError:
        return stored
