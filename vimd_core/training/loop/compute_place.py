"""Device and distributed processes that a run loop computes with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn

from vimd_core.checkpoints.identity import file_id, weights_id
from vimd_core.inference.device import choose_device
from vimd_core.training.distributed import OneProcess, Processes, open_processes
from vimd_core.training.runs.place import DEFAULT_CHECKPOINT_MINUTES, TrainingPlace


@dataclass(frozen=True, kw_only=True)
class ComputePlace:
    """Where a training computes, on which its result should not depend but for rounding.

    Attributes:
        device: of the model.
        processes: those that train together.
        checkpoint_minutes: time between checkpoints inside of an epoch.
        origin: identities of the models that the training starts from, by their role, to resume with no others.
        origin_before: what older versions, whose runs can be resumed, took for that: hashes of the files.
    """

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    processes: Processes = field(default_factory=OneProcess)
    checkpoint_minutes: float = DEFAULT_CHECKPOINT_MINUTES
    origin: Mapping[str, str] = field(default_factory=dict)
    origin_before: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that writes and reports."""
        return self.processes.rank == 0

    def take(self, network: nn.Module) -> None:
        """Move a network to the device, with its kernels in the order that convolutions like best."""
        network.to(device=self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]


def open_place(place: TrainingPlace, origin: Mapping[str, Path | None]) -> ComputePlace:
    """Choose device and processes.

    Args:
        place: names the device.
        origin: files that the training starts from, by their role.

    Raises:
        DeviceError: the wanted device is not there.
        CheckpointError: one of the files can't be read.
    """
    if place.threads:
        torch.set_num_threads(place.threads)
    device = choose_device(place.device).device
    processes = open_processes(device.type)
    files = {role: path for role, path in origin.items() if path is not None}
    return ComputePlace(
        device=processes.device(device),
        processes=processes,
        checkpoint_minutes=place.checkpoint_minutes,
        origin={role: weights_id(path) for role, path in files.items()},
        origin_before={role: file_id(path) for role, path in files.items() if place.resume},
    )
