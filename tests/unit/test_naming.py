"""Whoever looks for a thing by its name finds one: names of classes, and how full a folder may be."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
MOST_MODULES = 15
SAME_NAME = {
    "Project": "what the library's user opens is what the storage keeps; nobody imports both",
}


def test_no_two_public_classes_share_a_name() -> None:
    places = defaultdict(list)
    for package in ("vimd_core", "app"):
        for path in sorted((REPOSITORY / package).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(str(path.relative_to(REPOSITORY)))
    several = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in several.items() if name not in SAME_NAME} == {}
    assert several.keys() == SAME_NAME.keys(), "an exception that is none any more"


def test_no_folder_is_crowded() -> None:
    """Whoever opens a room sees all of it at once."""
    counts = Counter(
        str(path.parent.relative_to(REPOSITORY))
        for room in ("vimd_core", "app", "tests", "installer")
        for path in (REPOSITORY / room).rglob("*.py")
        if path.name != "__init__.py"
    )
    assert {folder: count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_mutation_testing_names_modules_that_exist() -> None:
    """`mutmut` passes over what it does not find."""
    mutmut = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    named = [*mutmut["only_mutate"], *mutmut["pytest_add_cli_args_test_selection"]]
    assert [pattern for pattern in named if not list(REPOSITORY.glob(pattern))] == []
