"""Prepared rounds for the tests of the web application. Never here: a rule of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ballot.hall import Hall
from tests.ballot.issuer_processes import Linked
from tests.ballot.prepared import Prepared


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("hall"))


@pytest.fixture(scope="session")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    """Two issuers that run as processes of their own until the last test."""
    both = Linked(tmp_path_factory.mktemp("linked")).start()
    yield both
    both.stop()


@pytest.fixture
def at(prepared: Prepared) -> Iterator[object]:
    """Return a function that opens a fresh copy of the round at a phase, and close the databases afterwards."""
    halls: list[Hall] = []

    def open_at(phase: str) -> Hall:
        halls.append(prepared.at(phase))
        return halls[-1]

    yield open_at
    for hall in halls:
        hall.house.registry.dispose()
        hall.house.box.dispose()
