"""Translation of error and other messages from below the window, when they are shown."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from vimd_core.user_messages import Sentence

_CONTEXT: Final = "Sentences"


def worded(said: Sentence | str) -> str:
    """A message in the language of the window; a text of the window's own stays as it is."""
    if isinstance(said, str):
        return said
    return said.text(lambda wording: QCoreApplication.translate(_CONTEXT, wording))
