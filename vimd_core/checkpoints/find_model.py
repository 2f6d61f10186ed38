"""Finds models by name: those that come with the program, and through plug-ins those of projects. Torch-free."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Final

from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.checkpoints.bundled_model import bundled_weights
from vimd_core.checkpoints.safetensors_header import read_header
from vimd_core.checkpoints.weight_kinds import WeightsKind, kind_of_weights
from vimd_core.errors import CheckpointError

PLUGIN_GROUP: Final = "vimd.commands"
PROJECT_SUFFIX: Final = ".vimd"
_SUFFIX: Final = ".safetensors"
_LIKENESS: Final = 0.5


@dataclass(frozen=True)
class BundledModel:
    """Weights that come with the program.

    Attributes:
        name: what it is asked for by.
        path: its file.
        kind: what it is.
        title: what it calls itself.
        classes: how many classes it knows; 0 for a super-resolution network.
        preset: sizes of its networks.
    """

    name: str
    path: Path
    kind: WeightsKind
    title: str
    classes: int
    preset: str


def bundled_models() -> list[BundledModel]:
    """All of them, by name.

    Raises:
        CheckpointError: one is damaged.
    """
    return [_described(path) for path in bundled_weights()]


def _described(path: Path) -> BundledModel:
    header = read_header(path)
    kind = kind_of_weights(header)
    if kind is WeightsKind.MODEL:
        info = read_bundle_info(path)
        return BundledModel(path.stem, path, kind, info.name, len(info.classes), info.config.preset)
    title, preset = header.metadata.get("name", path.stem), header.metadata.get("preset", "")
    return BundledModel(path.stem, path, kind, title, 0, preset)


def find_model(wanted: Path) -> Path:
    """The file of a model.

    Args:
        wanted: a file, the name of a bundled model, or PROJECT.vimd:NAME, where NAME is the number or the name of one
            of a project's models, "active", or left out for the active one.

    Raises:
        CheckpointError: there is none of that name.
    """
    text = os.fspath(wanted)
    if wanted.is_file():
        return wanted
    if (found := _in_project(text)) is not None:
        return found
    if os.sep in text or "/" in text or wanted.suffix == _SUFFIX or wanted.exists():
        return wanted  # whoever reads it says what is wrong
    names = {path.stem: path for path in bundled_weights()}
    if text.lower() in names:
        return names[text.lower()]
    near = difflib.get_close_matches(text.lower(), names, n=3, cutoff=_LIKENESS)
    near += [name for name in sorted(names) if text.lower() in name and name not in near]
    if near:
        raise CheckpointError(
            "There is no file and no bundled model {text}: did you mean {names}? `vimd model list` shows "
            "the bundled ones.",
            text=text,
            names=" or ".join(near),
        )
    raise CheckpointError(
        "There is no file and no bundled model {text}: `vimd model list` shows the bundled ones.", text=text
    )


def project_models(folder: Path) -> list[dict[str, Any]]:
    """The models of a project, as rows for `vimd model list`.

    Raises:
        VimdError: there is no such project, or this installation knows no projects.
    """
    for plugin in plugins_with("find_model"):
        return list(plugin.list_models(folder))
    raise CheckpointError("This installation does not include projects: {folder} is skipped.", folder=folder)


def _in_project(text: str) -> Path | None:
    """The file of a project's model; None for what names none."""
    folder, separator, name = text.rpartition(f"{PROJECT_SUFFIX}:")
    if separator:
        folder += PROJECT_SUFFIX
    elif text.rstrip("/\\").endswith(PROJECT_SUFFIX) and Path(text).is_dir():
        folder, name = text, ""
    else:
        return None
    for plugin in plugins_with("find_model"):
        return Path(plugin.find_model(Path(folder), name))
    raise CheckpointError(
        "This installation does not include projects: give a file instead of {text}.", text=text
    )


def plugins_with(function: str) -> Iterator[Any]:
    """Installed plug-ins that offer a function, such as "find_model"."""
    for entry in entry_points(group=PLUGIN_GROUP):
        plugin = entry.load()
        if hasattr(plugin, function):
            yield plugin
