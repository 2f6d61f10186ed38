"""Graceful stop of a training, soon and at a consistent point, from a signal or from another thread."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_pre_hook

from vimd_core.errors import VimdError
from vimd_core.processes.console import stopping_signals


class TrainingStoppedError(VimdError):
    """A training was asked to stop; its state is saved.

    Args:
        wording: says how to go on.
        step: optimiser steps that are done.
        arguments: what else stands in the wording.
    """

    def __init__(self, wording: str, /, *, step: int, **arguments: object) -> None:
        super().__init__(wording, step=step, **arguments)
        self.step = step


class StepAbortedError(Exception):
    """Inside of a step: whoever runs the step drops what it has computed so far."""


class StopFlag:
    """Remembers that somebody asked to stop; may be called from any thread.

    An object is itself a `should_stop`: calling it tells whether to stop.
    """

    def __init__(self) -> None:
        self._event = threading.Event()

    def request(self) -> None:
        """Ask to stop."""
        self._event.set()

    def __call__(self) -> bool:
        """Whether somebody has asked."""
        return self._event.is_set()


@contextlib.contextmanager
def stop_on_signals(flag: StopFlag) -> Iterator[None]:
    """SIGTERM, SIGHUP and the first SIGINT ask to stop; a second SIGINT ends the process as ever.

    Does nothing outside the main thread, where signals can't be handled.

    Args:
        flag: is set by them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int, _: FrameType | None) -> None:
        flag.request()
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    numbers = stopping_signals()
    previous = [signal.signal(number, on_signal) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, previous, strict=True):
            signal.signal(number, handler)


@contextlib.contextmanager
def checked_forward_passes(check: Callable[[], None]) -> Iterator[None]:
    """Call `check` before the forward pass of each layer of any network in this thread.

    Args:
        check: may raise, which aborts what the network computes.
    """
    thread = threading.get_ident()

    def before_forward(module: nn.Module, inputs: object) -> None:
        if threading.get_ident() == thread:
            check()

    handle = register_module_forward_pre_hook(before_forward)
    try:
        yield
    finally:
        handle.remove()


@contextlib.contextmanager
def checked_inside_steps(model: nn.Module, check: Callable[[], None]) -> Iterator[None]:
    """Call `check` before each layer's forward pass and after each parameter's gradient.

    A step of a large network takes many seconds on a processor, so that looking once a step would be too late.

    Args:
        model: whose parameters' gradients are watched.
        check: may raise, which aborts the step.
    """

    def after_gradient(parameter: Tensor) -> None:
        check()

    handles = [
        parameter.register_post_accumulate_grad_hook(after_gradient)  # type: ignore[no-untyped-call]
        for parameter in model.parameters()
        if parameter.requires_grad
    ]
    try:
        with checked_forward_passes(check):
            yield
    finally:
        for handle in handles:
            handle.remove()


class BufferKeeper:
    """Keeps a model's running statistics as they were before a step, to undo an aborted one.

    Args:
        model: its buffers are copied now.
    """

    def __init__(self, model: nn.Module) -> None:
        self._copies = [(buffer, buffer.detach().clone()) for buffer in model.buffers()]

    @torch.no_grad()
    def restore(self) -> None:
        """Put the copies back."""
        for buffer, copy in self._copies:
            buffer.copy_(copy)
