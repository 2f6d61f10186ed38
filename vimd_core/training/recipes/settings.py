"""Frozen dataclasses from TOML tables and back (msgspec, tomli-w), with errors that name the key. Torch-free."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
import tomli_w

from vimd_core.errors import ConfigError
from vimd_core.user_messages import Sentence, sentence

T = TypeVar("T")
_WANTED: Final = {
    "int": sentence("a whole number"),
    "float": sentence("a number"),
    "str": sentence("a text"),
    "bool": sentence("true or false"),
    "a path": sentence("a path"),
    "object": sentence("a table"),
    "array": sentence("a list"),
}


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


def build(kind: type[T], table: Mapping[str, Any]) -> T:
    """Make a dataclass of a table; keys that the table lacks keep their defaults.

    Args:
        kind: the dataclass; its fields may be dataclasses themselves.
        table: values by field name.

    Raises:
        ConfigError: a key is unknown (the nearest one is suggested), a value is of another type, or the dataclass
            refuses it.
    """
    _refuse_unknown(kind, table, "")
    try:
        return msgspec.convert(table, kind, dec_hook=_to_path)
    except msgspec.ValidationError as e:
        raise _refusal(kind, table, str(e)) from e


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
    plain: dict[str, Any] = msgspec.to_builtins(settings, enc_hook=str)
    return {name: value for name, value in plain.items() if value is not None}


def to_toml(table: Mapping[str, Any]) -> str:
    """Write tables of plain values as TOML."""
    return tomli_w.dumps(table)


def _refuse_unknown(kind: Any, table: Mapping[str, Any], prefix: str) -> None:
    """msgspec passes over keys that a dataclass does not have: a misspelt setting would silently keep its default."""
    hints = get_type_hints(kind)
    for key, value in table.items():
        if key not in hints:
            raise ConfigError(
                "There is no setting {prefix}{key}{suggestion}",
                prefix=prefix,
                key=key,
                suggestion=_suggestion(key, prefix, list(hints)),
            )
        if dataclasses.is_dataclass(hints[key]) and isinstance(value, Mapping):
            _refuse_unknown(hints[key], value, f"{prefix}{key}.")


def _suggestion(key: str, prefix: str, known: list[str]) -> Sentence:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if near:
        return sentence(": did you mean {name}?", name=prefix + near[0])
    return sentence(": use {names}.", names=", ".join(known))


def _to_path(kind: type, value: object) -> Path:
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    raise ValueError("a path")


def _refusal(kind: Any, table: Any, problem: str) -> ConfigError:
    """What msgspec says of a value, in our words: "Expected `int`, got `str` - at `$.training.epochs`"."""
    what, _, place = problem.partition(" - at `$.")
    name = place.rstrip("`")
    hint, value = kind, table
    for part in re.findall(r"\w+", name):
        if part.isdecimal():
            hint, value = get_args(hint)[0], value[int(part)]
        else:
            hint, value = get_type_hints(hint)[part], value[part]
    if get_origin(hint) is Literal:
        return ConfigError(
            "{name} must be one of {choices}, not {value}.",
            name=name,
            choices=", ".join(map(str, get_args(hint))),
            value=repr(value),
        )
    expected = re.match(r"Expected `(\w+)", what)
    found = what if expected is None else expected[1]
    return ConfigError(
        "{name} must be {wanted}, not {value}.",
        name=name,
        wanted=_WANTED.get(found, found),
        value=repr(value),
    )
