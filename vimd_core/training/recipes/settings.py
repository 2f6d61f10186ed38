"""Frozen dataclasses from TOML tables and back, with errors that name the key. Torch-free."""

from __future__ import annotations

import dataclasses
import difflib
import json
import tomllib
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from vimd_core.errors import ConfigError
from vimd_core.sentences import Sentence, sentence

T = TypeVar("T")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        ConfigError: it can't be read or is no TOML.
    """
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as e:
        raise ConfigError(
            "The recipe {path} can't be read ({reason}).", path=path, reason=e.strerror or e
        ) from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise ConfigError("The recipe {path} is not TOML ({reason}).", path=path, reason=e) from e


def build(kind: type[T], table: Mapping[str, Any], *, prefix: str = "") -> T:
    """Make a dataclass of a table; keys that the table lacks keep their defaults.

    Args:
        kind: the dataclass; its fields may be dataclasses themselves.
        table: values by field name.
        prefix: of the names of keys in messages, such as "training.".

    Raises:
        ConfigError: a key is unknown (the nearest one is suggested), a value is of another type, or the dataclass
            refuses it.
    """
    hints = get_type_hints(kind)
    known = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise ConfigError(
                "There is no setting {prefix}{key}{suggestion}",
                prefix=prefix,
                key=key,
                suggestion=_suggestion(key, prefix, known),
            )
        values[key] = _convert(hints[key], value, f"{prefix}{key}")
    try:
        return kind(**values)
    except TypeError as e:
        raise ConfigError(
            "A setting is missing in {table} ({reason}).",
            table=prefix.rstrip(".") or sentence("the recipe"),
            reason=e,
        ) from e


def put(table: dict[str, Any], dotted: str, value: Any) -> None:
    """Set a value in nested tables.

    Args:
        table: is changed.
        dotted: where, such as "training.losses.temperature".
        value: what to set.

    Raises:
        ConfigError: something on the way is no table.
    """
    *path, last = dotted.split(".")
    for name in path:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise ConfigError("{dotted}: {name} is a value and no table.", dotted=dotted, name=name)
    table[last] = value


def parse_assignment(text: str) -> tuple[str, Any]:
    """Take "training.epochs=30" apart; the value is TOML, or a string where it is none.

    Raises:
        ConfigError: there is no "=".
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigError(
            "--set {text}: write it as SETTING=VALUE, such as training.weight_decay=0.1.", text=text
        )
    try:
        return key.strip(), tomllib.loads(f"value = {value.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        return key.strip(), value.strip()


def to_plain(settings: Any) -> dict[str, Any]:
    """A dataclass as tables of plain values, as TOML and JSON hold them; what is None is left out."""
    plain: dict[str, Any] = {}
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if value is None:
            continue
        if dataclasses.is_dataclass(value):
            plain[field.name] = to_plain(value)
        else:
            plain[field.name] = str(value) if isinstance(value, Path) else value
    return plain


def to_toml(table: Mapping[str, Any]) -> str:
    """Write tables of plain values as TOML."""
    return "\n".join(_toml_lines(table, "")) + "\n"


def _toml_lines(table: Mapping[str, Any], name: str) -> Iterable[str]:
    if name:
        yield from ("", f"[{name}]")
    for key, value in table.items():
        if not isinstance(value, Mapping):
            yield f"{key} = {_toml_value(value)}"
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _toml_lines(value, f"{name}.{key}" if name else key)


def _toml_value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml_value(item) for item in value)}]"
    if isinstance(value, float):
        return repr(value)
    # JSON's strings, numbers and truth values are TOML's.
    return json.dumps(value, ensure_ascii=False)


def _suggestion(key: str, prefix: str, known: list[str]) -> Sentence:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if near:
        return sentence(": did you mean {name}?", name=prefix + near[0])
    return sentence(": use {names}.", names=", ".join(known))


def _convert(hint: Any, value: Any, name: str) -> Any:
    """A TOML value as what a field wants."""
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, Mapping):
            raise ConfigError("{name} must be a table, not {value}.", name=name, value=repr(value))
        return build(hint, value, prefix=f"{name}.")
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise ConfigError(
                "{name} must be one of {choices}, not {value}.",
                name=name,
                choices=", ".join(map(str, get_args(hint))),
                value=repr(value),
            )
        return value
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise ConfigError("{name} must be a list, not {value}.", name=name, value=repr(value))
        return tuple(_convert(get_args(hint)[0], item, name) for item in value)
    if hint is Path and isinstance(value, str | Path):
        return Path(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if hint is float and is_number:
        return float(value)
    if hint is int and is_number and value == int(value):
        return int(value)
    if hint in (str, bool) and isinstance(value, hint):
        return value
    wanted = {
        float: sentence("a number"),
        int: sentence("a whole number"),
        str: sentence("a text"),
        bool: sentence("true or false"),
        Path: sentence("a path"),
    }
    raise ConfigError(
        "{name} must be {wanted}, not {value}.", name=name, wanted=wanted.get(hint, hint), value=repr(value)
    )
