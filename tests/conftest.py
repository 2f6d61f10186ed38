"""What every test process needs before anything is imported, and the files that many tests share."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from vimd_core.processes.runtime import prepare_process

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The cores are shared, and two threads of torch on a busy core are slower than one.
os.environ.setdefault("OMP_NUM_THREADS", "1")
prepare_process()
# A suite that was started in the background ignores Ctrl+C, and so would the programs that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples on every machine; a slow machine is no failure.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None, max_examples=50)
settings.load_profile("repeatable")

_ROOT = Path(__file__).parent.parent


def pytest_configure(config: pytest.Config) -> None:
    # What the offscreen platform lacks is no fault of the program.
    config.addinivalue_line("qt_log_ignore", r"This plugin does not support")


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """Plurals and numbers in English also where no whole program runs."""
    from app.views.wording.translation import install_translation

    install_translation(qapp, "en")
    return qapp


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real model of 80 kB with random weights, made in a process of its own: this one stays without torch."""
    path = tmp_path_factory.mktemp("bundle") / "random-signs.safetensors"
    subprocess.run(
        [sys.executable, str(_ROOT / "tests" / "helpers" / "trainings" / "make_bundle.py"), str(path)],
        check=True,
        timeout=120,
    )
    return path
