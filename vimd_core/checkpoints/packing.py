"""Packs weights for distribution: precision, a name and terms of use."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from vimd_core.checkpoints.bundle import load_bundle, save_bundle, stored_tensor
from vimd_core.checkpoints.safetensors_header import read_header
from vimd_core.checkpoints.weight_kinds import BUNDLE_FORMAT
from vimd_core.errors import CheckpointError
from vimd_core.processes.atomic_files import atomic_write


def pack_weights(
    source: Path, target: Path, *, name: str = "", license_terms: str = "", half_precision: bool = True
) -> None:
    """Write weights, whole or not at all; what the file says of itself is kept.

    Args:
        source: a model bundle, or the .safetensors of a classifier, a teacher or a super-resolution network.
        target: .safetensors to write; one that is there is replaced.
        name: what to call them from now on; their own name when empty.
        license_terms: under which they may be used; their own when empty.
        half_precision: store matrices and kernels in float16.

    Raises:
        CheckpointError: the source is no sound file of weights, or the target can't be written.
    """
    metadata = dict(read_header(source).metadata)
    if metadata.get("format") == BUNDLE_FORMAT:
        model, info = load_bundle(source)
        described = dataclasses.replace(info, name=name or info.name, license=license_terms or info.license)
        save_bundle(target, model, described, half_precision)
        return
    metadata |= {key: value for key, value in (("name", name), ("license", license_terms)) if value}
    try:
        tensors = {
            key: stored_tensor(value, half_precision=half_precision)
            for key, value in load_file(source).items()
        }
        with atomic_write(target) as temporary:
            save_file(tensors, temporary, metadata=metadata)
    except (OSError, SafetensorError) as e:
        reason = e.strerror if isinstance(e, OSError) and e.strerror else e
        raise CheckpointError(
            "{source} can't be packed into {target} ({reason}).", source=source, target=target, reason=reason
        ) from e
