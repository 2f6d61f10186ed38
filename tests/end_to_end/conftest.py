"""A fresh home, and the model that a user gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap import STARTER_MODEL


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def model_arguments(request: pytest.FixtureRequest) -> list[str]:
    """Nothing when the starter model is there, as for a user; else a model with random weights."""
    if STARTER_MODEL.exists():
        return []
    return ["--model", str(request.getfixturevalue("tiny_bundle"))]
