"""Stops libtiff from writing to stderr about every damaged file. Torch-free.

Pillow turns libtiff's failures into exceptions, but libtiff has by then printed its own lines from C, which
would tear a progress bar apart and mean nothing to a user.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
from collections.abc import Iterator
from pathlib import Path

import PIL


def silence_libtiff() -> bool:
    """Take away the error and warning handlers of the libtiff that Pillow has loaded.

    Returns:
        Whether it was found. It is not where Pillow has it built in (Windows), and there it may still print.
    """
    found = False
    for name in _candidates():
        with contextlib.suppress(OSError, AttributeError):
            # The loader gives the library that is in the process already, so this is Pillow's own.
            library = ctypes.CDLL(name)
            library.TIFFSetErrorHandler(None)
            library.TIFFSetWarningHandler(None)
            found = True
    return found


def _candidates() -> Iterator[str]:
    package = Path(PIL.__file__).parent
    for folder in (package.with_name("pillow.libs"), package / ".dylibs"):
        yield from map(str, sorted(folder.glob("libtiff*")))
    system = ctypes.util.find_library("tiff") if not package.with_name("pillow.libs").is_dir() else None
    if system is not None:
        yield system
