"""Answers to the window's questions (modal dialogs), as nobody is there to give them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from app.views.shared.room_questions import RoomQuestions
from app.views.window.main_window import MainWindow

Answer = Callable[..., Any]


def all_questions(window: MainWindow) -> list[RoomQuestions]:
    """Those of every room."""
    return [getattr(window.questions, field.name) for field in fields(window.questions)]


def names_of(room: RoomQuestions) -> list[str]:
    return [name for name in dir(type(room)) if name.startswith(("ask_", "show_"))]


def reply(window: MainWindow, **answers: Answer) -> None:
    """Let these questions be answered so from now on, whatever room asks them: `reply(window, ask_folder=…)`."""
    for name, given in answers.items():
        asking = [room for room in all_questions(window) if name in names_of(room)]
        assert len(asking) == 1, f"{name} is asked by {asking}"
        vars(asking[0])[name] = given


def reply_nothing(window: MainWindow) -> None:
    """Every question is given up at once."""
    for room in all_questions(window):
        vars(room).update({name: lambda *_args, **_named: None for name in names_of(room)})


def is_unanswered(window: MainWindow, name: str) -> bool:
    """Whether a question would still come up."""
    return all(name not in vars(room) for room in all_questions(window))
