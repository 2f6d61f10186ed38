"""Asks before many captures are labelled at once, until the user has had enough of it."""

from __future__ import annotations

from dataclasses import replace

from app.services.program.preferences import Preferences
from app.views.window.dialogs import Dialogs


class BulkQuestion:
    """Called with the question; says whether to go on."""

    def __init__(self, dialogs: Dialogs, preferences: Preferences) -> None:
        self._dialogs = dialogs
        self._preferences = preferences

    def __call__(self, question: str) -> bool:
        """Whether it is meant; without asking when the user has chosen that."""
        values = self._preferences.values
        if not values.asks_before_many:
            return True
        is_meant, asks_again = self._dialogs.ask_many(question)
        if is_meant and not asks_again:
            self._preferences.set(replace(values, asks_before_many=False))
        return is_meant
