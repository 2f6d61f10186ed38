"""How many threads to compute with."""

from __future__ import annotations

import os

import pytest

from vimd_core.processes.runtime import THREADS_VARIABLE, available_cores, free_threads


def test_the_user_overrules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, "3")
    assert free_threads() == 3


@pytest.mark.parametrize("variable", ["", "0", "many", "4,2"])
def test_what_is_no_number_is_not_followed(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, variable)
    assert 1 <= free_threads() <= available_cores()


@pytest.mark.skipif(not hasattr(os, "getloadavg"), reason="this system does not tell its load")
@pytest.mark.parametrize(("load", "wanted"), [(0.0, 8), (2.4, 6), (50.0, 1)])
def test_busy_cores_are_left_alone(load: float, wanted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(THREADS_VARIABLE, raising=False)
    monkeypatch.setattr("vimd_core.processes.runtime.available_cores", lambda: 8)
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    assert free_threads() == wanted
