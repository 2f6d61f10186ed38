"""Preferences (settings) of the user, kept in one small file."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final

from PySide6.QtCore import QObject, QSettings, Signal

MAX_BATCH_SIZE: Final = 4096
NEVER: Final = -0.01
_GROUP: Final = "preferences"
_KEYS_GROUP: Final = "shortcuts"
_OLD_THEME: Final = "view/theme"  # where the theme was kept before there were preferences


class ThemeMode(StrEnum):
    """Which colours."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class PreferenceValues:
    """Everything that the Settings dialog offers.

    Attributes:
        theme: which colours.
        language: "en", "zh_CN", or "" for the system's.
        device: where the model computes: "auto", "cpu", "cuda" or "mps".
        batch_size: captures computed at once; 0 lets the program choose.
        author: under which name labels are written down.
        unsure_below: answers with less confidence than this fraction are marked.
        disagreement_from: from this difference on, as a fraction, answers with and without super-resolution disagree.
        promote_margin: a retrained model that is better by more than chance is used without asking when no class loses
            more accuracy than this fraction; below 0 never.
        checks_updates: whether each start asks for a newer version.
        asks_before_many: whether a label for many captures at once is asked about before it is given.
        update_address: https address that is asked; "" asks nobody.
    """

    theme: ThemeMode = ThemeMode.SYSTEM
    language: str = ""
    device: str = "auto"
    batch_size: int = 0
    author: str = ""
    unsure_below: float = 0.5
    disagreement_from: float = 0.05
    promote_margin: float = NEVER
    checks_updates: bool = False
    update_address: str = ""
    asks_before_many: bool = True


class Preferences(QObject):
    """Reads and writes the settings file; what it can't make sense of is what it was at first."""

    changed = Signal(object, object)  # PreferenceValues of before and of now

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._values = self._read()

    @property
    def values(self) -> PreferenceValues:
        """What holds now; the author is never empty."""
        return self._values

    def set(self, values: PreferenceValues) -> None:
        """Keep other values and tell everybody."""
        values = _sound(asdict(values))
        before, self._values = self._values, values
        if values == before:
            return
        for name, value in asdict(values).items():
            self._settings.setValue(f"{_GROUP}/{name}", str(value))
        self._settings.sync()
        self.changed.emit(before, values)

    def set_theme(self, theme: ThemeMode) -> None:
        """Keep other colours."""
        self.set(replace(self._values, theme=theme))

    def shortcuts(self) -> dict[str, str]:
        """Keys that the user has chosen, by the name of the action; no keys are an empty text."""
        self._settings.beginGroup(_KEYS_GROUP)
        try:
            return {name: str(self._settings.value(name)) for name in self._settings.childKeys()}
        finally:
            self._settings.endGroup()

    def set_shortcuts(self, keys: Mapping[str, str]) -> None:
        """Keep the user's keys; actions that are not named have their own."""
        self._settings.remove(_KEYS_GROUP)
        for name, text in keys.items():
            self._settings.setValue(f"{_KEYS_GROUP}/{name}", text)
        self._settings.sync()

    def has_seen(self, what: str) -> bool:
        """Whether something that is shown once was shown."""
        return self._settings.value(f"seen/{what}", False, bool) is True

    def note_seen(self, what: str) -> None:
        """It was shown."""
        self._settings.setValue(f"seen/{what}", True)

    def _read(self) -> PreferenceValues:
        found: dict[str, Any] = {}
        for field in fields(PreferenceValues):
            value = self._settings.value(f"{_GROUP}/{field.name}")
            if value is not None:
                found[field.name] = value
        if "theme" not in found:
            found["theme"] = self._settings.value(_OLD_THEME, ThemeMode.SYSTEM)
        return _sound(found)


def _sound(found: Mapping[str, Any]) -> PreferenceValues:
    """Values within their bounds, whatever was in the file."""
    default = PreferenceValues()
    language, device = str(found.get("language", "")), str(found.get("device", "auto"))
    return PreferenceValues(
        theme=_theme(found.get("theme")),
        language=language if language in ("", "en", "zh_CN") else "",
        device=device if device in ("auto", "cpu", "cuda", "mps") else "auto",
        batch_size=int(_number(found.get("batch_size"), default.batch_size, MAX_BATCH_SIZE)),
        author=" ".join(str(found.get("author", "")).split()) or _login(),
        unsure_below=_number(found.get("unsure_below"), default.unsure_below, 1.0),
        disagreement_from=_number(found.get("disagreement_from"), default.disagreement_from, 1.0),
        promote_margin=_number(found.get("promote_margin"), NEVER, 1.0, smallest=NEVER),
        checks_updates=str(found.get("checks_updates", False)).lower() == "true",
        update_address=str(found.get("update_address", "")).strip(),
        asks_before_many=str(found.get("asks_before_many", True)).lower() == "true",
    )


def _number(value: object, default: float, largest: float, *, smallest: float = 0.0) -> float:
    try:
        number = float(str(value))
    except ValueError:
        return default
    return number if smallest <= number <= largest else default


def _theme(value: object) -> ThemeMode:
    try:
        return ThemeMode(str(value))
    except ValueError:
        return ThemeMode.SYSTEM


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user in the system's list; KeyError before Python 3.13
        return "unknown"
