"""What `import vimd_core` offers, what it costs, and what its docstrings promise."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

import vimd_core as vimd
import vimd_core.api


def test_every_public_name_is_there_and_documented() -> None:
    for name in vimd.__all__:
        value = getattr(vimd, name)
        assert name in dir(vimd)
        assert name == "__version__" or len(value.__doc__) > 20, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        vimd.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_the_types_are_those_of_what_is_exported() -> None:
    stub = ast.parse((ROOT / "vimd_core" / "__init__.pyi").read_text(encoding="utf-8"))
    told = {
        name.asname: node.module
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    exported = {name: getattr(vimd, name) for name in vimd.__all__ if name != "__version__"}
    assert told.keys() == exported.keys()
    for name, module in told.items():
        assert (
            module is not None and getattr(importlib.import_module(module), str(name)) is exported[str(name)]
        )


def test_importing_loads_no_library() -> None:
    code = "import sys; before = set(sys.modules); import vimd_core; print(*set(sys.modules) - before)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {name.partition(".")[0] for name in told.split()} & {"torch", "numpy", "PIL", "cv2", "msgspec"}
    assert not [name for name in told.split() if name.startswith("vimd_core.")]


def test_a_package_says_that_it_is_typed() -> None:
    for package in ("vimd_core", "app"):
        assert (ROOT / package / "py.typed").is_file()


_MODULES = sorted(one.name for one in pkgutil.iter_modules(vimd_core.api.__path__, "vimd_core.api."))


@pytest.mark.parametrize("name", _MODULES)
def test_examples_in_docstrings_are_true(name: str, model: vimd.Model, tmp_path: Path) -> None:
    names = {"model": model, "vimd": vimd, "folder": tmp_path}
    module = importlib.import_module(name)
    result = doctest.testmod(module, extraglobs=names, optionflags=doctest.ELLIPSIS)
    assert result.failed == 0
