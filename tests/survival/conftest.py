"""A prepared round for the tests of survival. Never here: what only one of their files uses."""

from __future__ import annotations

import pytest

from tests.ballot.prepared import Prepared


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("survival"))
