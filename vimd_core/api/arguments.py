"""Arguments of the public API that make no sense (validation): one sentence says which, before anything runs."""

from __future__ import annotations

import numbers
import operator
import os
from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import Any, SupportsIndex, TypeVar

from vimd_core.errors import ConfigError, DatasetError

T = TypeVar("T")


def as_path(name: str, value: str | os.PathLike[str] | None) -> Path:
    """An argument that is a path.

    Args:
        name: of the argument.
        value: what was given.

    Raises:
        ConfigError: it is something else.
    """
    if not isinstance(value, str | os.PathLike):
        raise ConfigError("{name} must be a path, not {kind}.", name=name, kind=type(value).__name__)
    return Path(value)


def as_choice(name: str, value: str, choices: Iterable[str]) -> None:
    """An argument that is one of several words.

    Args:
        name: of the argument.
        value: what was given.
        choices: the words.

    Raises:
        ConfigError: it is none of them.
    """
    allowed = list(choices)
    if not isinstance(value, str) or value not in allowed:
        raise ConfigError(
            "{name} must be one of {choices}, not {value}.",
            name=name,
            choices=", ".join(allowed),
            value=repr(value),
        )


def as_whole_number(name: str, value: SupportsIndex, *, least: int | None = None) -> int:
    """An argument that is a whole number.

    Args:
        name: of the argument.
        value: what was given.
        least: the smallest that makes sense; None where any does.

    Raises:
        ConfigError: it is something else.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise ConfigError(
            "{name} must be a whole number, not {value}.", name=name, value=repr(value)
        ) from None
    if least is not None and number < least:
        raise ConfigError(
            "{name} must be at least {least}, not {value}.", name=name, least=least, value=number
        )
    return number


def is_share(value: object) -> bool:
    """Whether it is a number in [0, 1)."""
    return isinstance(value, numbers.Real) and 0.0 <= float(value) < 1.0


def as_settings(settings: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Settings by dotted name; none where None was given.

    Raises:
        ConfigError: they are something else.
    """
    if settings is None:
        return {}
    if not isinstance(settings, Mapping) or not all(isinstance(name, str) for name in settings):
        raise ConfigError("settings must be a mapping from names with dots to values.")
    return settings


def one_for_each(name: str, values: Iterable[T]) -> list[T]:
    """An argument that has a value for each image, in their order.

    Args:
        name: of the argument.
        values: what was given.

    Raises:
        DatasetError: it has no order, such as a set; or its values are not what a loop over it gives, such as a dict.
    """
    if isinstance(values, str | Mapping | Set) or not isinstance(values, Iterable):
        raise DatasetError(
            "{name} must be a list with one for each image, not {kind}.",
            name=name,
            kind=type(values).__name__,
        )
    return list(values)
