"""What two models say of one capture, as its tile shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An old answer and a new one.

    Attributes:
        was_right: whether the old one is the label.
        is_right: whether the new one is.
    """

    old: str
    new: str
    was_right: bool
    is_right: bool
