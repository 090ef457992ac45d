"""A batch laid anew inside a large box: the file tells no order within it, at a price that does not grow with the box.

Here live boxes that count as large, seized while open. Never here: a closed box (tests/survival).

    PTN_RUNS=200 python -m pytest -m campaign -s tests/ballot/box/test_laying.py
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from statistics import mean
from typing import Any

import pytest
from sqlalchemy import func, select

from ballot.box import casting, laying
from ballot.box.checkpoints import notes
from ballot.models.box import Ballot, Checkpoint, KnownCiphertext, Staged
from ballot.result import closing
from ballot.storage import reading, writing
from tally.protocol.ballot import Ballot as ParsedBallot
from tally.protocol.checkpoint import BATCH, ballots_of
from tally.record import Record
from tally.verify import CheckFailed, verify_record
from tests import postgres
from tests.ballot.hall import VOTERS, Hall
from tests.survival.seized import sightings, spread

Open = Callable[[str], Hall]
FEW = 4
READ = ("end of the ballot, first", "hash, then credential, last")
pytestmark = pytest.mark.skipif(
    postgres.chosen(), reason="reads the pages of SQLite's file; test_laying_postgres.py reads a server's"
)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every box counts as large."""
    monkeypatch.setattr(laying, "LARGE", 0)


@pytest.fixture(scope="module")
def bodies(prepared: Any) -> list[bytes]:
    hall = prepared.at("voting")
    made = [hall.body(number) for number in range(VOTERS)]
    hall.house.registry.dispose()
    hall.house.box.dispose()
    return made


def shuffled(bodies: list[bytes]) -> list[bytes]:
    left = list(bodies)
    return [left.pop(secrets.randbelow(len(left))) for _ in bodies]


def seized(hall: Hall, bodies: list[bytes]) -> dict[str, list[float]]:
    """Cast in this order, look into the file as it is, and return tau within each sealed batch, by what was read."""
    for body in bodies:
        casting.cast(hall.house, hall.uuid, body)
    file = (hall.house.config.instance / "box.db").read_bytes()
    with reading(hall.house.box) as session:
        arrived = [body.rstrip(b" ") for body in bodies]
        by_hash = {ParsedBallot.parse(raw).hash: number for number, raw in enumerate(arrived)}
        batches = [ballots_of(note, "checkpoint") for note in notes(session, hall.uuid, hall.election)]
    found: dict[str, list[float]] = {}
    for batch in batches:
        raws = [arrived[number] for number in sorted(by_hash[one] for one in batch)]
        for s in sightings({"box.db": file}, raws):
            if s.found == len(raws) and s.order == "offsets" and s.spelling in READ:
                found.setdefault(s.spelling, []).append(s.tau)
    return found


def measured(at: Open, bodies: list[bytes], runs: int) -> dict[str, list[float]]:
    """Do it with new orders, each played forwards and backwards, so that what only chance makes cancels out."""
    found: dict[str, list[float]] = {}
    order: list[bytes] = []
    for run in range(runs):
        order = order[::-1] if run % 2 else shuffled(bodies)
        for reading_, taus in seized(at("voting"), order).items():
            found.setdefault(reading_, []).extend(taus)
    return found


# threats B2, K3
def test_a_large_box_seized_while_open_tells_no_order_within_a_batch(
    large: None, at: Open, bodies: list[bytes]
) -> None:
    found = measured(at, bodies, FEW)
    assert set(found) == set(READ)
    for reading_, taus in found.items():
        assert len(taus) >= 2 * FEW
        assert abs(mean(taus)) < 4.5 * spread(BATCH) / len(taus) ** 0.5, reading_


def test_the_same_look_finds_the_order_where_nothing_is_laid_anew(
    large: None, at: Open, bodies: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laying, "lay_anew", lambda *_arguments: None)
    found = seized(at("voting"), bodies)
    assert mean(found[READ[0]]) > 0.6


def test_laying_anew_changes_no_row_and_the_record_verifies(large: None, at: Open, bodies: list[bytes]) -> None:
    hall = at("voting")
    for body in bodies:
        assert hall.cast(body).status_code == 201
    with reading(hall.house.box) as session:
        rows = {row.hash: row.raw for row in session.scalars(select(Ballot))}
        known = session.scalar(select(func.count()).select_from(KnownCiphertext))
        assert session.scalar(select(func.count()).select_from(Checkpoint)) == 3
        assert session.scalar(select(func.count()).select_from(Staged)) == VOTERS - 30
    assert sorted(rows.values()) == sorted(body.rstrip(b" ") for body in bodies)
    assert known == sum(len(list(ParsedBallot.parse(raw).ciphertexts())) for raw in rows.values())
    assert hall.cast(bodies[0]).status_code == 201  # the same again: the same receipt
    hall.by_two(closing.close)
    record = Record.read(hall.house.record(hall.uuid))
    with pytest.raises(CheckFailed, match="PartialDecryption"):
        verify_record(record)  # closed, not counted: every check before that holds


def test_a_meeting_of_a_hundred_and_fifty_is_written_anew_and_a_full_hall_is_not(at: Open) -> None:
    hall = at("voting")
    with reading(hall.house.box) as session:
        assert not laying.is_large(session)
    with writing(hall.house.box) as session:
        session.add(Ballot(uuid=hall.uuid, hash=bytes(32), credential=bytes(32), raw=bytes(laying.LARGE)))
    with reading(hall.house.box) as session:
        assert laying.is_large(session)
    assert 150 * 45_000 < laying.LARGE < 500 * 45_000  # 20 officials: 40 kB a ballot, and what stands beside it


@pytest.mark.campaign
def test_many_runs_of_a_large_box(
    large: None, at: Open, bodies: list[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    runs = int(os.environ.get("PTN_RUNS", "50"))
    found = measured(at, bodies, runs)
    with capsys.disabled():
        for reading_, taus in found.items():
            print(f"\nlarge box seized while open, {reading_}: {len(taus)} batches, mean tau {mean(taus):+.4f}")
    for taus in found.values():
        assert abs(mean(taus)) < 4.5 * spread(BATCH) / len(taus) ** 0.5
