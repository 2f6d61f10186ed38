"""Matches class folders, or labels of a manifest, to a model's classes. Torch-free."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.data.classes.class_identity import class_key
from vimd_core.errors import DatasetError
from vimd_core.user_messages import listed

_SEPARATORS: Final = re.compile(r"[\s_\-.]+")
_NAMED_AT_MOST: Final = 5


def match_class_folders(folders: Sequence[str], info: BundleInfo) -> list[int]:
    """The index of the model's class for each folder.

    A folder means a class when it has its name, the name of its folder in the training data, one of these but for
    case, Unicode form and blanks around it, that name as a number ("0" for "00"), its name written otherwise
    ("speed-limit-20"), or that folder's name in front of something ("00_speed_limit"), the first of these that applies.

    Args:
        folders: names of class folders.
        info: the model.

    Raises:
        DatasetError: a folder means no class, or two folders of different classes mean the same one.
    """
    keys = _keys(info)
    indices: list[int] = []
    unknown: list[str] = []
    for folder in folders:
        index = next((keys[key] for key in _spellings(folder) if key in keys), None)
        if index is None:
            unknown.append(folder)
        elif index in indices and class_key(other := folders[indices.index(index)]) != class_key(folder):
            raise DatasetError(
                "{other} and {folder} both name the class {name}: combine them.",
                other=other,
                folder=folder,
                name=info.classes[index],
            )
        indices.append(-1 if index is None else index)
    if unknown:
        expected = ", ".join((info.class_folders or info.classes)[:_NAMED_AT_MOST])
        raise DatasetError(
            "These classes are unknown to the model: {names}. Use the names of the model's classes "
            "({expected}, ...).",
            names=listed(unknown, _NAMED_AT_MOST),
            expected=expected,
        )
    return indices


def _keys(info: BundleInfo) -> dict[str, int]:
    """What may stand for each class; what came first is not taken over by a later spelling."""
    keys: dict[str, int] = {}
    for names in (info.classes, info.class_folders):
        for index, name in enumerate(names):
            keys.setdefault(f"={name}", index)
    for names in (info.classes, info.class_folders):
        for index, name in enumerate(names):
            keys.setdefault(f"+{class_key(name)}", index)
    for names in (info.class_folders, info.classes):
        for index, name in enumerate(names):
            keys.setdefault(f"~{_plain(name)}", index)
    return keys


def _spellings(folder: str) -> list[str]:
    first = _SEPARATORS.split(folder)[0]
    whole = [f"={folder}", f"+{class_key(folder)}", f"~{_plain(folder)}"]
    return [*whole, f"={first}", f"+{class_key(first)}", f"~{_plain(first)}"]


def _plain(name: str) -> str:
    plain = class_key(_SEPARATORS.sub(" ", name))
    return str(int(plain)) if plain.isdecimal() else plain
