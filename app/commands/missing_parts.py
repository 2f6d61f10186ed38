"""Missing optional dependencies: which extra to install for what only the window or projects need."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vimd_core.errors import ConfigError
from vimd_core.user_messages import Sentence, sentence


@dataclass(frozen=True)
class OptionalPart:
    """A part of the program with dependencies of its own.

    Attributes:
        what: it is, at the beginning of a sentence.
        extra: that installs it, as pyproject.toml calls it.
        modules: top-level modules that the extra brings.
    """

    what: Sentence
    extra: str
    modules: tuple[str, ...]


PROJECTS: Final = OptionalPart(sentence("Projects need"), "projects", ("sqlalchemy", "alembic"))
WINDOW: Final = OptionalPart(
    sentence("The window needs"),
    "app",
    ("PySide6", "shiboken6", "pyqtgraph", "keyring", *PROJECTS.modules),
)


@contextlib.contextmanager
def naming_missing_parts(part: OptionalPart) -> Iterator[None]:
    """Turn an import that fails for want of an optional library into a sentence.

    Raises:
        ConfigError: a library of this part is not installed; the message says what to install.
    """
    try:
        yield
    except ModuleNotFoundError as e:
        missing = (e.name or "").partition(".")[0]
        if missing not in part.modules:
            raise
        raise ConfigError(
            "{need} {package}, which is not installed: run pip install 'vimd-studio[{extra}]'.",
            need=part.what,
            package=missing,
            extra=part.extra,
        ) from e
