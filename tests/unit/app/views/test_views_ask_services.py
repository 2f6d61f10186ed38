"""Views and item models ask for what they show by name; functions on a transaction are written below them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from places import ROOT

_SHOWN = sorted(path for room in ("views", "item_models") for path in (ROOT / "app" / room).rglob("*.py"))
_APP = sorted((ROOT / "app").rglob("*.py"))


def _arguments(path: Path) -> list[ast.arg]:
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Lambda | ast.FunctionDef)
    )
    return [one for function in functions for one in (*function.args.posonlyargs, *function.args.args)]


@pytest.mark.parametrize("path", _SHOWN, ids=lambda path: path.stem)
def test_no_view_works_on_a_transaction(path: Path) -> None:
    assert [one.lineno for one in _arguments(path) if one.arg in ("unit", "_unit")] == []


def test_every_function_on_a_transaction_says_what_it_gets() -> None:
    untyped = [
        f"{path.relative_to(ROOT)}:{one.lineno}"
        for path in _APP
        for one in _arguments(path)
        if one.arg == "unit" and one.annotation is not None and ast.unparse(one.annotation) != "Unit"
    ]
    assert untyped == []
