"""Machines that are fit, for the tests that make them unfit. Never here: what a check says of one."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def no_core_dumps() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


@pytest.fixture
def fit(tmp_path: Path) -> Path:
    """An instance folder that nobody else can look into."""
    folder = tmp_path / "instance"
    (folder / "keys").mkdir(parents=True)
    folder.chmod(0o700)
    return folder
