"""A disk that fails at any single call, or from then on: an error comes before a receipt, never after; nothing is half.

Here live failing calls on the file layer. Never here: a full disk of a real server (test_disk_full.py).

    PTN_IO_ERRORS=400 python -m pytest -m campaign -s tests/survival/test_io_errors.py    # at each of the first N calls
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ballot.models.box import Checkpoint
from ballot.storage import reading
from tests.ballot.look import refused
from tests.ballot.prepared import Prepared
from tests.survival import found, promises
from tests.survival.failing import CHANGES, FULL, Failing, cast, fail_at, fail_while_issuing, failing_and_cut
from tests.survival.promises import Work, over_layer

CALLS = int(os.environ.get("PTN_IO_ERRORS", "400"))
BEFORE_SEAL = 19  # the next ballot seals a batch, and the box is written anew


@pytest.fixture(scope="module")
def bodies(prepared: Prepared) -> list[bytes]:
    hall = prepared.at("voting")
    made = [hall.body(number) for number in range(40)]
    found.leave(hall)
    return made


@pytest.fixture(scope="module")
def nineteen(prepared: Prepared, bodies: list[bytes]) -> Path:
    """A round in which the next ballot seals a batch."""
    hall = prepared.at("voting")
    for body in bodies[:BEFORE_SEAL]:
        promises.receipt(hall.house, hall.uuid, body)
    found.leave(hall)
    return hall.house.config.instance


@pytest.fixture
def worked() -> Iterator[list[Work]]:
    works: list[Work] = []
    yield works
    for work in works:
        work.layer.fault = None
        work.stop()


def each_call(fresh: Callable[[], Work], bodies: list[bytes], places: range, **kind: Any) -> Counter[bool]:
    """Let each of these calls of a cast fail; stop where a cast makes fewer."""
    outcome: Counter[bool] = Counter()
    work, left = fresh(), iter(bodies)
    for place in places:
        body = next(left, None)
        if body is None:
            work, left = fresh(), iter(bodies)
            body = next(left)
        failing = Failing(place, **kind)
        outcome[fail_at(work, body, failing)] += 1
        if not failing.struck:
            break
    return outcome


# --- a sample -----------------------------------------------------------------------------------------------------

KINDS = pytest.mark.parametrize(
    "kind", [{}, {"for_good": True}, {"codes": FULL}], ids=["one-call", "from-then-on", "full"]
)


@KINDS
def test_any_call_of_a_cast_may_fail_and_there_is_no_receipt_without_the_ballot(
    prepared: Prepared, bodies: list[bytes], worked: list[Work], kind: dict[str, Any]
) -> None:
    """threats I1, I3"""
    outcome = each_call(voting(prepared, worked), bodies[:18], range(1, 40, 3), **kind)
    assert outcome[False] > 3


def voting(prepared: Prepared, worked: list[Work]) -> Callable[[], Work]:
    """Return what makes a fresh open box over a layer."""

    def fresh() -> Work:
        worked.append(over_layer(prepared.at("voting")))
        return worked[-1]

    return fresh


@pytest.mark.parametrize("kind", [{"codes": CHANGES}, {"codes": CHANGES, "for_good": True}, {"codes": FULL}])
def test_a_call_that_fails_while_a_batch_is_sealed_costs_no_receipt_and_the_next_ballot_seals(
    prepared: Prepared, bodies: list[bytes], nineteen: Path, worked: list[Work], kind: dict[str, Any]
) -> None:
    """threats I1, I3: the ballot was stored before, so its receipt goes out whatever happens to the batch."""
    outcome = Counter(
        fail_at_seal(prepared, bodies, nineteen, worked, Failing(place, **kind)) for place in (5, 20, 35, 60, 90)
    )
    assert outcome[True] > 2


def fail_at_seal(prepared: Prepared, bodies: list[bytes], nineteen: Path, worked: list[Work], failing: Failing) -> bool:
    work = over_layer(prepared.copy(nineteen, prepared.hall.uuid))
    worked.append(work)
    receipted = fail_at(work, bodies[BEFORE_SEAL], failing)
    assert cast(work.hall, bodies[BEFORE_SEAL + 1]).status_code == 201
    with reading(work.hall.house.box) as session:
        assert session.query(Checkpoint).count() == 1
    return receipted


@KINDS
def test_any_call_of_issuing_may_fail_and_the_same_request_gets_one_answer(
    prepared: Prepared, worked: list[Work], kind: dict[str, Any]
) -> None:
    """threats A2, I1, I3"""
    work = over_layer(prepared.at("issuing"))
    worked.append(work)
    voters = work.hall.voters()[:8]
    outcome = Counter(fail_while_issuing(work, v, Failing(1 + 7 * n, **kind)) for n, v in enumerate(voters))
    assert outcome[False] > 2


def test_a_page_for_staff_says_in_words_that_the_database_does_not_answer(
    prepared: Prepared, worked: list[Work], caplog: pytest.LogCaptureFixture
) -> None:
    """threats I3: also where the page of the refusal itself would ask who is logged in."""
    work = over_layer(prepared.at("voting"))
    worked.append(work)
    browser = work.hall.person("to-chuc-1")
    assert browser.get(f"/dot/{work.hall.uuid}/").status_code == 200
    for place in (1, 2, 9, 30):
        for engine in work.engines:
            engine.dispose()
        work.layer.fault = Failing(place, for_good=True)
        refused(browser.get(f"/dot/{work.hall.uuid}/"), 503, "STORAGE_FAILED")
        work.layer.fault = None
    assert not [record for record in caplog.records if record.exc_info and record.name.startswith("ballot")]
    assert browser.get(f"/dot/{work.hall.uuid}/").status_code == 200  # and nobody was logged out by it


def test_a_disk_that_fails_now_and_then_and_is_cut_off_at_last_has_every_receipted_ballot(
    prepared: Prepared, bodies: list[bytes], tmp_path: Path
) -> None:
    """threats I1, I7: after a sync that failed Linux forgets what was to be written, and says so only once."""
    receipted, missing, errors = failing_and_cut(prepared, bodies, tmp_path, count=12)
    assert missing == 0
    assert receipted > 50
    assert errors > 10


# --- the campaign -------------------------------------------------------------------------------------------------


@pytest.mark.campaign
def test_every_call_fails_once(
    prepared: Prepared, bodies: list[bytes], nineteen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """threats I1, I3: prints the figures of the README."""
    outcome: Counter[bool] = Counter()
    for kind in ({}, {"for_good": True}, {"codes": FULL}):
        for place in range(1, CALLS + 1):
            worked: list[Work] = []
            work = over_layer(prepared.at("voting"))
            outcome[fail_at(work, bodies[0], Failing(place, **kind))] += 1
            outcome[fail_at_seal(prepared, bodies, nineteen, worked, Failing(place, **kind))] += 1
            for done in (work, *worked):
                done.stop()
    receipted = missing = errors = 0
    for round_ in range(max(1, CALLS // 20)):
        folder = tmp_path / f"cut-{round_}"
        folder.mkdir()
        more = failing_and_cut(prepared, bodies, folder, count=50)
        receipted, missing, errors = (a + b for a, b in zip((receipted, missing, errors), more, strict=True))
    with capsys.disabled():
        total = outcome.total()
        print(
            f"\nI/O errors: {total} casts with a failing call, {outcome[False]} refused; receipts without a ballot: 0"
        )
        print(f"I/O errors, then a cut: {receipted} ballots with a receipt after {errors} errors  lost: {missing}")
    assert missing == 0
