"""A list of the classes that a model shall have, kept as JSON beside the captures that it learns from. Torch-free.

A list says what the captures alone do not: classes that have none, and which outputs of the model that training
starts from have meant a class, whatever it was called then.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vimd_core.errors import DatasetError
from vimd_core.processes.atomic_files import atomic_write


@dataclass(frozen=True)
class ListedClass:
    """One class.

    Attributes:
        name: as captures are labelled with it.
        outputs: of the model that training starts from, which meant this class; none for a new class, several for
            one that others were merged into.
    """

    name: str
    outputs: tuple[int, ...] = ()


def write_class_list(path: Path, classes: Sequence[ListedClass]) -> None:
    """Write a list, whole or not at all.

    Raises:
        OSError: it can't be written.
    """
    content = [{"name": one.name, "outputs": list(one.outputs)} for one in classes]
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def read_class_list(path: Path) -> tuple[ListedClass, ...]:
    """Read a list.

    Raises:
        DatasetError: it can't be read, is no such list, or names a class or an output twice.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        classes = tuple(
            ListedClass(str(entry["name"]), tuple(int(output) for output in entry["outputs"]))
            for entry in content
        )
    except OSError as e:
        raise DatasetError(
            "The list of classes {path} can't be read ({reason}).", path=path, reason=e.strerror or e
        ) from e
    except (ValueError, TypeError, KeyError) as e:
        raise DatasetError(
            "The list of classes {path} is damaged ({reason}): it needs objects with name and outputs.",
            path=path,
            reason=repr(e),
        ) from e
    names = [one.name for one in classes]
    outputs = [output for one in classes for output in one.outputs]
    if len(set(names)) != len(names) or len(set(outputs)) != len(outputs) or not names:
        raise DatasetError(
            "The list of classes {path} must name some classes, each one and each output once.", path=path
        )
    return classes
