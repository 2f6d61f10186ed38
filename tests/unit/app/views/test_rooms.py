"""The rooms of the window have the same entrances everywhere, and none grows too large to be found in."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import fields
from typing import get_type_hints

import pytest
from places import ROOT

from app.views.shared.room_questions import RoomQuestions
from app.views.window.questions import Questions

VIEWS = ROOT / "app" / "views"
FOLDERS = sorted(path for path in VIEWS.iterdir() if (path / "__init__.py").exists())
ROOMS = [path for path in FOLDERS if path.name not in ("charts", "shared", "window", "wording")]
MOST_MODULES = 15
MOST_LINES = 360


@pytest.mark.parametrize("folder", ROOMS, ids=lambda path: path.name)
def test_a_room_has_one_class_that_builds_it(folder) -> None:  # type: ignore[no-untyped-def]
    module = importlib.import_module(f"app.views.{folder.name}.room")
    own = [
        each for each in vars(module).values() if inspect.isclass(each) and each.__module__ == module.__name__
    ]
    assert [each.__name__.endswith("Room") for each in own] == [True]


def test_the_bundle_has_the_questions_of_all_rooms() -> None:
    for folder in FOLDERS:
        if (folder / "questions.py").exists():
            importlib.import_module(f"app.views.{folder.name}.questions")
    bundled = [get_type_hints(Questions)[field.name] for field in fields(Questions)]
    assert set(bundled) == set(RoomQuestions.__subclasses__())
    asked = [name for each in bundled for name in vars(each) if name.startswith(("ask_", "show_"))]
    assert len(asked) == len(set(asked)) > 20, "a name says which question is meant, whatever room asks it"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_folder_and_its_modules_stay_small(folder) -> None:  # type: ignore[no-untyped-def]
    modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert not {name: count for name, count in lines.items() if count > MOST_LINES}
