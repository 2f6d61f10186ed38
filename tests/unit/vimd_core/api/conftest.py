"""A small model, loaded once."""

from __future__ import annotations

import pytest
from bundles import write_tiny_bundle

import vimd_core as vimd


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> vimd.Model:
    bundle = write_tiny_bundle(tmp_path_factory.mktemp("model") / "tiny.safetensors")
    return vimd.load(bundle, device="cpu", batch_size=4)
