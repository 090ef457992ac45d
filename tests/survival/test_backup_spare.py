"""The restore drill: a server dies for good in the midst of voting, and no ballot with a receipt is lost or doubled.

Here live expectations about one rehearsal of spare.py. Never here: the rehearsal itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tally.protocol.checkpoint import parse_notes
from tally.record import CHECKPOINTS
from tests.ballot.prepared import Prepared
from tests.survival.spare import GOAL, Rehearsal, rehearse

BALLOTS = 30  # one sealed batch among them


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    folder = tmp_path_factory.mktemp("spare")
    (folder / "hosts").mkdir()
    yield rehearse(Prepared(folder / "round"), folder / "hosts", voters=BALLOTS)


def test_the_spare_takes_ballots_within_ten_minutes(rehearsed: Rehearsal) -> None:
    """threats I20, G14: the machine's part of it"""
    print("\n" + "\n".join(rehearsed.watch.lines()))
    assert rehearsed.watch.total < GOAL


# threats I20
def test_every_receipt_is_in_the_record_once_and_the_record_verifies(rehearsed: Rehearsal) -> None:
    """threats I13: RPO 0 with a second copy"""
    recorded = rehearsed.recorded()
    assert len(recorded) == len(set(recorded)) == BALLOTS
    assert {receipt["tracker"] for receipt in rehearsed.receipts.values()} == set(recorded)


def test_the_chain_that_a_witness_saw_goes_on_in_the_record(rehearsed: Rehearsal) -> None:
    seen = parse_notes(rehearsed.witnessed.read_bytes(), "witness")
    recorded = parse_notes(rehearsed.record.files[CHECKPOINTS], CHECKPOINTS)
    assert len(seen) >= 1
    assert recorded[: len(seen)] == seen


def test_the_commands_say_what_was_restored_what_waits_and_what_was_filled(rehearsed: Rehearsal) -> None:
    said = "\n".join(rehearsed.told)
    for sentence in (
        "SHA-256",
        "khi đã khôi phục đủ các phần, xin chạy",
        "Số phiếu bổ sung từ ngoài",
        "nhận phiếu trở lại",
    ):
        assert sentence in said


def test_nothing_that_opens_registry_and_box_together_lay_in_the_backups(rehearsed: Rehearsal) -> None:
    files: list[Path] = sorted((rehearsed.folder / "backups").iterdir())
    assert [path.name.split("-")[0] for path in files] == ["box", "keys", "registry"]
    assert len({path.read_bytes().splitlines()[0] for path in files}) == 3
