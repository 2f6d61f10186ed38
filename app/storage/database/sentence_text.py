"""A column of localizable messages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, TypeDecorator

from vimd_core.user_messages import Sentence, sentence_from_json


class SentenceText(TypeDecorator[Sentence]):
    """Keeps a message with its arguments, so that it is read in any language; what older versions wrote is English.

    Args:
        none: what stands in the column where there is no message.
    """

    impl = Text
    cache_ok = True

    def __init__(self, none: str | None = None) -> None:
        super().__init__()
        self.none = none

    def process_bind_param(self, value: Sentence | None, dialect: Any) -> str | None:
        """What is written."""
        return self.none if value is None else value.to_json()

    def process_result_value(self, value: str | None, dialect: Any) -> Sentence | None:
        """What is read."""
        return sentence_from_json(value) if value else None
