"""One process or several that train together: `torchrun` starts them, Lightning Fabric joins them.

Fabric is imported only when `torchrun` has started more than one process.
"""

from __future__ import annotations

import contextlib
import os
import sys
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol

import torch
from torch import Tensor, nn

from vimd_core.errors import ConfigError

WORLD_SIZE_VARIABLE: Final = "WORLD_SIZE"


class Processes(Protocol):
    """What a training asks of the processes that run it."""

    @property
    def rank(self) -> int:
        """Which of them this is; number 0 alone writes and reports."""

    @property
    def count(self) -> int:
        """How many there are."""

    def device(self, wanted: torch.device) -> torch.device:
        """The device of this process."""

    def join(self, module: nn.Module) -> nn.Module:
        """Make a module average its gradients over all processes."""

    def without_exchange(self, module: nn.Module, wanted: bool) -> AbstractContextManager[Any]:
        """Gradients are only collected in here when `wanted`: a later part of the same step exchanges them."""

    def any(self, flag: bool) -> bool:
        """Whether the flag is set in any of them."""

    def share(self, value: Any) -> Any:
        """The value of number 0, in all of them."""

    def gather(self, values: Tensor) -> Tensor:
        """(N, ...) of each, of one shape -> (count, N, ...)."""

    def mean(self, values: Tensor) -> Tensor:
        """The mean over all of them."""


class OneProcess:
    """The usual case."""

    rank = 0
    count = 1

    def device(self, wanted: torch.device) -> torch.device:
        """The wanted one."""
        return wanted

    def join(self, module: nn.Module) -> nn.Module:
        """The module itself."""
        return module

    def without_exchange(self, module: nn.Module, wanted: bool) -> AbstractContextManager[Any]:
        """Nothing to hold back."""
        return contextlib.nullcontext()

    def any(self, flag: bool) -> bool:
        """The flag itself."""
        return flag

    def share(self, value: Any) -> Any:
        """The value itself."""
        return value

    def gather(self, values: Tensor) -> Tensor:
        """(N, ...) -> (1, N, ...)."""
        return values[None]

    def mean(self, values: Tensor) -> Tensor:
        """The values themselves."""
        return values


class FabricProcesses:
    """Processes that `torchrun` has started, joined by Lightning Fabric (DistributedDataParallel).

    Args:
        device_type: "cpu" or "cuda".

    Raises:
        ConfigError: Lightning Fabric is not installed.
    """

    def __init__(self, device_type: str) -> None:
        try:
            from lightning_fabric import Fabric
        except ImportError as e:
            raise ConfigError(
                "Training in several processes needs Lightning Fabric: `pip install vimd-studio[distributed]`."
            ) from e
        local = int(os.environ.get("LOCAL_WORLD_SIZE", os.environ[WORLD_SIZE_VARIABLE]))
        self._fabric: Any = Fabric(
            accelerator=device_type,
            strategy="ddp",
            devices=local,
            num_nodes=int(os.environ[WORLD_SIZE_VARIABLE]) // local,
        )
        self._fabric.launch()

    @property
    def rank(self) -> int:
        """Which of them this is."""
        return int(self._fabric.global_rank)

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self._fabric.world_size)

    def device(self, wanted: torch.device) -> torch.device:
        """The one that Fabric gave to this process."""
        device: torch.device = self._fabric.device
        return device

    def join(self, module: nn.Module) -> nn.Module:
        """Wrap in DistributedDataParallel; on CUDA, batch norms use the statistics of the whole batch."""
        if self._fabric.device.type == "cuda":
            nn.SyncBatchNorm.convert_sync_batchnorm(module)  # type: ignore[no-untyped-call]
        joined: nn.Module = self._fabric.setup_module(module)
        return joined

    def without_exchange(self, module: nn.Module, wanted: bool) -> AbstractContextManager[Any]:
        """Hold the exchange of gradients back."""
        context: AbstractContextManager[Any] = self._fabric.no_backward_sync(module, enabled=wanted)
        return context

    def any(self, flag: bool) -> bool:
        """Whether the flag is set in any of them."""
        total = self._fabric.all_reduce(
            torch.tensor(float(flag), device=self._fabric.device), reduce_op="sum"
        )
        return bool(total > 0)

    def share(self, value: Any) -> Any:
        """The value of number 0, in all of them."""
        return self._fabric.broadcast(value)

    def gather(self, values: Tensor) -> Tensor:
        """(N, ...) of each -> (count, N, ...)."""
        # A sum with empty places for the others, since Fabric's own gathering warns of a deprecated function.
        places = values.new_zeros((self.count, *values.shape))
        places[self.rank] = values
        gathered: Tensor = self._fabric.all_reduce(places, reduce_op="sum")
        return gathered

    def mean(self, values: Tensor) -> Tensor:
        """The mean over all of them."""
        mean: Tensor = self._fabric.all_reduce(values, reduce_op="mean")
        return mean


def open_processes(device_type: str) -> Processes:
    """The processes of this training: those of `torchrun`, or this one alone.

    Args:
        device_type: "cpu" or "cuda".
    """
    if int(os.environ.get(WORLD_SIZE_VARIABLE, "1")) > 1:
        return FabricProcesses(device_type)
    return OneProcess()


def leave_joined(exit_code: int) -> None:
    """End this process, if it is one of several, without taking down what joined it to the others; else do nothing.

    All results are written by then. torch's gloo processes abort in that last moment about once in twenty times
    ("terminate called without an active exception"), also in a program of ten lines that uses Fabric as documented,
    with or without `destroy_process_group`; `torchrun` then calls the whole training failed.

    Args:
        exit_code: of the process.
    """
    if int(os.environ.get(WORLD_SIZE_VARIABLE, "1")) > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(exit_code)
