"""A prepared round on PostgreSQL, whatever the other tests run on.

Here live its fixtures, for the modules that import them. Never here: a test.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ballot.prepared import Prepared
from tests.postgres import Server

VOTERS = 9
ROLL = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 3}\n" for n in range(VOTERS))


@pytest.fixture(scope="module", autouse=True)
def chosen_here(postgres: Server) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PTN_DATABASE", "postgresql")
        yield


@pytest.fixture(scope="module")
def prepared(chosen_here: None, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("on-postgres"), roll=ROLL, delegates=VOTERS)
