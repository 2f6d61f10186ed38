"""Diagnostics: what a bug report should say of this computer."""

from __future__ import annotations

import locale
import os
import platform
import shutil
from pathlib import Path

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QLocale
from PySide6.QtGui import QGuiApplication

from app.locations import data_folder
from app.services.classifier.classify_service import ClassifyService
from app.services.classifier.worker_client import WorkerClient
from app.services.project_service import ProjectService
from vimd_core import __version__


def diagnostics(projects: ProjectService, classify: ClassifyService, worker: WorkerClient) -> dict[str, str]:
    """Names and values, in the order in which they are shown; nothing of what captures show."""
    screens = ", ".join(
        f"{screen.size().width()} x {screen.size().height()} at {screen.devicePixelRatio():.0%}"
        for screen in QGuiApplication.screens()
    )
    folder = projects.folder
    return {
        "ViMD Studio": __version__,
        "Python": platform.python_version(),
        "PySide6": pyside_version,
        "System": platform.platform(terse=True),
        "Processor": f"{platform.machine()}, {os.cpu_count()} threads",
        "Screens": f"{screens} ({QGuiApplication.platformName()})",
        "Language": f"{QLocale().name()}, {locale.getpreferredencoding(do_setlocale=False)}",
        "Classifier": f"{worker.state.value}, died {worker.restarts} times in a row",
        "Device": str(classify.device_notice or "-"),
        "Model": str(classify.model_path),
        "Project": f"{folder} ({_free(folder)})" if folder is not None else "-",
        "Settings": str(data_folder()),
    }


def _free(folder: Path) -> str:
    try:
        return f"{shutil.disk_usage(folder).free / 1e9:.1f} GB free"
    except OSError as e:
        return f"can't be read: {e.strerror}"
