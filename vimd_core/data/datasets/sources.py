"""Describes a data set from what the user has: class folders or a manifest, and a folder of high-resolution views.
Torch-free."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from vimd_core.data.classes.class_identity import class_key, first_of_each
from vimd_core.data.datasets.class_folders import read_class_folder_names
from vimd_core.data.datasets.dataset import Capture, Dataset
from vimd_core.data.datasets.manifest import MANIFEST_SUFFIXES, read_manifest
from vimd_core.data.files.folders import find_class_folders
from vimd_core.errors import DatasetError

GROUP_SEPARATOR: Final = "_"
_SPLIT_FOLDERS: Final = frozenset({"train", "training", "val", "valid", "validation", "test", "testing"})


def describe_dataset(source: Path, hr: Path | None = None) -> Dataset:
    """Find the captures and their high-resolution views; no image is opened.

    The group of a file in a class folder is its class and the part of its name before the first underscore; where
    that would make a whole class one group, each file is its own. A view belongs to the captures of its class with
    the same name, or else with the same group.

    Args:
        source: a folder with one sub-folder for each class, where `classes.csv` may say what each stands for (see
            `class_folders`), or a manifest (see `manifest`).
        hr: a folder of high-resolution views with the same class folders.

    Returns:
        The data set as it is described; empty classes are among its classes.

    Raises:
        DatasetError: there is nothing there that could be learnt from, or a manifest is wrong.
    """
    if source.suffix.lower() in MANIFEST_SUFFIXES and not source.is_dir():
        dataset = read_manifest(source)
        if hr is not None and dataset.views:
            raise DatasetError(
                "{source} already names high-resolution views: omit {hr}.", source=source, hr=hr
            )
    elif source.is_file() and source.suffix.lower() == ".zip":
        raise DatasetError(
            "{source} is an archive: unpack it, and give the folder that contains the class folders.",
            source=source,
        )
    elif source.is_file():
        raise DatasetError(
            "{source} is neither a folder nor a manifest: give a folder, a .csv or a .jsonl.", source=source
        )
    else:
        dataset = _read_class_folders(source)
    return dataset if hr is None else _with_views(dataset, hr)


def _read_class_folders(folder: Path) -> Dataset:
    found = find_class_folders(folder, allow_few=True)
    names = read_class_folder_names(folder)
    if not names and {name.casefold() for name in found.classes} <= _SPLIT_FOLDERS:
        raise DatasetError(
            "{folder} holds {classes}, which are splits and no classes: give one of them, or a "
            "manifest with a column split.",
            folder=folder,
            classes=" and ".join(found.classes),
        )
    called = [names.get(unicodedata.normalize("NFC", name), name) for name in found.classes]
    classes = first_of_each(called)
    label_of = {key: label for label, key in enumerate(classes)}
    captures = [
        Capture(path, label_of[class_key(called[index])], _group(called[index], path))
        for path, index in found.captures
    ]
    return Dataset(folder, tuple(classes.values()), tuple(_separate_single_groups(captures)))


def _with_views(dataset: Dataset, hr: Path) -> Dataset:
    found = find_class_folders(hr, allow_few=True)
    label_of = {class_key(name): label for label, name in enumerate(dataset.classes)}
    if not label_of.keys() & set(map(class_key, found.classes)):
        raise DatasetError(
            "{hr} has none of the classes of {source}: its sub-folders must have the same names.",
            hr=hr,
            source=dataset.source,
        )
    # A class of views alone can't be checked on a capture, so it is not taken.
    views = [
        Capture(path, label_of[class_key(found.classes[index])], _group(found.classes[index], path))
        for path, index in found.captures
        if class_key(found.classes[index]) in label_of
    ]
    by_name: dict[tuple[int, str], Capture] = {}
    by_group: dict[tuple[int, str], Capture] = {}
    for view in views:
        by_name.setdefault((view.label, view.path.stem), view)
        by_group.setdefault((view.label, _prefix(view.path)), view)
    captures: list[Capture] = []
    group_of: dict[Path, str] = {}
    for capture in dataset.captures:
        match = by_name.get((capture.label, capture.path.stem))
        # Where names do not tell groups, the beginning of a name does not tell a view either.
        if match is None and capture.group != str(capture.path):
            match = by_group.get((capture.label, _prefix(capture.path)))
        if match is None:
            captures.append(capture)
            continue
        group_of.setdefault(match.path, capture.group)
        captures.append(replace(capture, hr=match.path))
    # A view goes where its captures go, whatever their groups are called.
    split_of = {capture.hr: capture.split for capture in captures if capture.hr is not None}
    placed = tuple(
        replace(view, group=group_of.get(view.path, view.group), split=split_of.get(view.path, ""))
        for view in views
    )
    return replace(dataset, captures=tuple(captures), views=placed)


def _group(class_name: str, path: Path) -> str:
    return f"{class_name}/{_prefix(path)}"


def _prefix(path: Path) -> str:
    return path.stem.split(GROUP_SEPARATOR)[0]


def _separate_single_groups(captures: Sequence[Capture]) -> Iterable[Capture]:
    """Where all captures of a class seem to be one group, their names do not tell groups (as in IMG_0001): take each
    capture for itself."""
    groups_of: dict[int, set[str]] = {}
    for capture in captures:
        groups_of.setdefault(capture.label, set()).add(capture.group)
    for capture in captures:
        if len(groups_of[capture.label]) > 1:
            yield capture
        else:
            yield replace(capture, group=str(capture.path))
