"""What a start must not pay for."""

from __future__ import annotations

import subprocess
import sys


def modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; sys.stdout.write(' '.join(sys.modules))"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_the_window_never_loads_torch_or_numba() -> None:
    loaded = modules_after(
        "import app.main, app.storage.project, vimd_core.data.images.decoding, vimd_core.data.files.folders"
    )
    assert not loaded & {"torch", "numba", "llvmlite"}
    assert "PySide6.QtWidgets" in loaded


def test_what_the_first_paint_needs_not_is_loaded_after_it() -> None:
    loaded = modules_after("import app.main")
    assert not loaded & {"sqlalchemy", "alembic", "numpy", "PIL.Image", "cv2"}


def test_storage_needs_no_qt() -> None:
    assert not {name for name in modules_after("import app.storage.project") if name.startswith("PySide6")}
