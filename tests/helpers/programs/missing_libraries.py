"""Runs Python as on a machine where some libraries are not installed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

WINDOW = ("PySide6", "shiboken6", "pyqtgraph", "keyring")
DATABASE = ("sqlalchemy", "alembic")

_HIDE = """
import sys

class _Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
        return None

sys.meta_path.insert(0, _Hidden())
"""


def run_without(
    libraries: Sequence[str], code: str, *arguments: str | Path, timeout_s: float = 240
) -> subprocess.CompletedProcess[str]:
    """Run a piece of code in a process of its own that can't import these libraries."""
    return subprocess.run(
        [sys.executable, "-c", _HIDE.format(names=tuple(libraries)) + code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout_s,
    )
