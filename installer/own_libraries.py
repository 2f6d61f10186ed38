"""Keeps the libraries of the packaged app to the packaged app."""

import os
from typing import Final

_PATH: Final = "LD_LIBRARY_PATH"
_ORIGINAL: Final = "LD_LIBRARY_PATH_ORIG"


def leave_libraries_to_others() -> None:
    """Let programs that this one starts, such as a browser, load the system's libraries instead of ours.

    The executable puts its own folder before the linker's search path and remembers what was there. This process has
    read it when it was started; its own children set it again for themselves.
    """
    original = os.environ.pop(_ORIGINAL, None)
    if original is not None:
        os.environ[_PATH] = original
    else:
        os.environ.pop(_PATH, None)
