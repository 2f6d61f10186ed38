"""Fixtures that several kinds of unit tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Root may read everything, so as root the test goes on as nobody."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
