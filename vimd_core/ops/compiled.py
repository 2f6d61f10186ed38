"""Compiles kernels with numba, and keeps them for the next start where that is possible."""

from __future__ import annotations

import contextlib
import logging
import pickle
from collections.abc import Callable
from typing import Any

from numba import njit
from numba.core.caching import FunctionCache

from vimd_core.processes.kernel_cache import kernel_cache

# No fastmath: numba would set it on the emitted operations too, and undo the rounding trick of `simd`.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
_DAMAGED = (OSError, EOFError, pickle.UnpicklingError, ValueError, TypeError, AttributeError, ImportError)
_logger = logging.getLogger(__name__)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function for the processor when it is first called, or take what an earlier start compiled."""
    dispatcher = njit(**_OPTIONS)(function)
    if kernel_cache().folder is not None:
        # numba raises when it finds no place: it may have been loaded before it could be told of ours.
        with contextlib.suppress(RuntimeError):
            dispatcher._cache = _ForgivingCache(function)
    return dispatcher


class _ForgivingCache(FunctionCache):  # type: ignore[misc]
    """numba's, for which a cache that can't be read or written is no error: the kernel is compiled."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What was compiled before; None compiles it now."""
        try:
            return super().load_overload(sig, target_context)
        except _DAMAGED as e:
            _logger.info("A compiled kernel can't be read: %s", e)
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep it where there is room."""
        try:
            super().save_overload(sig, data)
        except OSError as e:
            _logger.info("A compiled kernel can't be kept: %s", e)
