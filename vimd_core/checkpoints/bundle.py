"""Saves and loads model bundles; `bundle_info` describes the form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from vimd_core.checkpoints.bundle_info import BundleInfo, read_bundle_info
from vimd_core.errors import CheckpointError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.processes.atomic_files import atomic_write
from vimd_core.user_messages import Sentence, listed

_NAMED_AT_MOST: Final = 3


def save_bundle(path: Path, model: SrvmNet, info: BundleInfo, half_precision: bool = True) -> None:
    """Write a model and its description into one file, whole or not at all.

    Args:
        path: the .safetensors file; one that is there is replaced in one step.
        model: the networks, on any device.
        info: its description; `info.config` must be the model's.
        half_precision: store matrices and kernels in float16. Vectors (norms, biases, running statistics)
            stay in float32: they weigh little, and small variances would lose digits.

    Raises:
        CheckpointError: the weights aren't finite or do not fit the description, or the file can't be
            written.
    """
    tensors = {
        name: stored_tensor(value, half_precision=half_precision)
        for name, value in model.state_dict().items()
    }
    _require_fit(path, tensors, _expected_shapes(info))
    try:
        with atomic_write(path) as temporary:
            save_file(tensors, temporary, metadata=info.to_metadata())
    except (OSError, SafetensorError) as e:
        reason = e.strerror if isinstance(e, OSError) and e.strerror else e
        raise CheckpointError(
            "The model can't be written to {path} ({reason}).", path=path, reason=reason
        ) from e


def load_bundle(path: Path) -> tuple[SrvmNet, BundleInfo]:
    """Read a model and its description.

    Returns:
        The model in float32 on the CPU, in eval mode, and the description.

    Raises:
        CheckpointError: the file is missing, damaged or of a newer format, or its weights do not fit its
            description.
    """
    info = read_bundle_info(path)
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as e:
        raise CheckpointError(
            "The model file {path} is damaged ({reason}): copy or download it again.", path=path, reason=e
        ) from e
    model = SrvmNet(info.config)
    _require_fit(path, tensors, {name: value.shape for name, value in model.state_dict().items()})
    model.load_state_dict(tensors)
    return model.float().eval(), info


def stored_tensor(value: torch.Tensor, *, half_precision: bool) -> torch.Tensor:
    """A weight as files hold it: matrices and kernels in float16 where that is wanted and their range allows it."""
    # A copy of its own: safetensors refuses tensors that share memory.
    stored = value.detach().to("cpu", copy=True).contiguous()
    if half_precision and stored.is_floating_point() and stored.dim() >= 2:
        halved = stored.half()
        return halved if bool(torch.isfinite(halved).all()) else stored
    return stored


def _expected_shapes(info: BundleInfo) -> dict[str, torch.Size]:
    with torch.device("meta"):
        return {name: value.shape for name, value in SrvmNet(info.config).state_dict().items()}


def _require_fit(path: Path, tensors: Mapping[str, torch.Tensor], expected: Mapping[str, torch.Size]) -> None:
    missing = expected.keys() - tensors.keys()
    if missing:
        raise CheckpointError(
            "The model file {path} lacks the weights {missing}.", path=path, missing=_some(missing)
        )
    unknown = tensors.keys() - expected.keys()
    if unknown:
        raise CheckpointError(
            "The model file {path} contains unknown weights: {unknown}.",
            path=path,
            unknown=_some(unknown),
        )
    for name, shape in expected.items():
        if tensors[name].shape != shape:
            raise CheckpointError(
                "The weight {name} in the model file {path} is {shape} and should be {expected}: the "
                "file's description is of another model.",
                name=name,
                path=path,
                shape=tuple(tensors[name].shape),
                expected=tuple(shape),
            )
        if tensors[name].is_floating_point() and not bool(torch.isfinite(tensors[name]).all()):
            raise CheckpointError(
                "The weight {name} in the model file {path} holds values that are not numbers.",
                name=name,
                path=path,
            )


def _some(names: set[str]) -> Sentence:
    return listed(sorted(names), _NAMED_AT_MOST)
