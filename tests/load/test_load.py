"""The load generator in small: every ballot of a burst gets its receipt and is in the box; figures are for campaigns.

Here lives correctness under a burst. Never here: a bound on time, which a shared machine cannot keep.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.generator import arrivals
from tests.load.measuring import Measured, measure
from tests.load.stock import Stock, make

BURST = 30


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stock, Measured]:
    folder = tmp_path_factory.mktemp("load")
    stock = make(folder / "stock", ballots=BURST, officials=3, workers=1)
    return stock, measure(stock, folder / "server.log", count=BURST, rate=60)


def test_every_ballot_of_a_burst_has_a_receipt_and_is_in_the_box(measured: tuple[Stock, Measured]) -> None:
    """threats I19"""
    _stock, found = measured
    assert [answer.status for answer in found.answers] == [201] * BURST
    assert (found.errors, found.receipts, found.stored) == (0, BURST, BURST)


def test_the_table_names_every_figure(measured: tuple[Stock, Measured]) -> None:
    _stock, found = measured
    shown = found.table()
    assert f"0 of {BURST}" in shown
    for figure in ("p50 / p99 / max", "memory", "errors"):
        assert figure in shown


def test_a_ballot_that_is_refused_counts_as_an_error(measured: tuple[Stock, Measured], tmp_path: Path) -> None:
    """A measurement that cannot fail shows nothing: one bit of one ballot is turned over before it is sent."""
    stock, _found = measured
    file = stock.folder / f"{stock.lots[0].uuid}.ballots"
    whole = bytearray(file.read_bytes())
    whole[whole.index(b'"response":"') + 12] ^= 1
    file.write_bytes(whole)
    again = measure(stock, tmp_path / "again.log", count=2, rate=60)
    assert (again.errors, again.answers[0].status >= 400, again.stored) == (1, True, BURST)
    assert f"1 × {again.answers[0].status} " in again.table()


def test_arrivals_are_fixed_in_advance_and_come_at_the_rate_that_was_asked() -> None:
    times = arrivals(2000, 8.4)
    assert times == sorted(times)
    assert 7 < 2000 / times[-1] < 10
