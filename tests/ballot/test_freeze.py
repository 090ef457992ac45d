"""What the freeze must leave behind: a list that is final, and nothing that tells in which order it came about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ballot import issuing
from ballot.house import ISSUERS
from ballot.ledger import SqlLedger
from ballot.models.registry import Round
from ballot.storage import RewriteFailed, reading, rewrite, writing
from keys.errors import IssuingFrozen, KeyFileMissing
from keys.signers import Entry, Kind
from tests.ballot.hall import Hall

Open = Callable[[str], Hall]


def wal(hall: Hall) -> Path:
    return hall.house.config.instance / "box.db-wal"


def freeze(hall: Hall) -> int:
    return issuing.freeze(hall.house, hall.uuid, hall.actor("to-chuc-1"))


def test_the_log_of_the_staging_is_gone_after_the_freeze(at: Open) -> None:
    hall = at("issuing")
    for voter_id in hall.voters()[:3]:
        hall.slip(voter_id)
    assert wal(hall).stat().st_size > 0
    assert freeze(hall) == 3
    assert wal(hall).stat().st_size == 0


def test_the_key_of_the_staging_and_of_the_issuers_are_gone_after_the_freeze(at: Open) -> None:
    hall = at("issuing")
    hall.slip(hall.voters()[0])
    freeze(hall)
    left = {path.name for path in (hall.house.keyring.folder / hall.uuid).iterdir()}
    assert left == {"hom-phieu.box.key", *(f"{name}.statement.key" for name in ISSUERS)}
    with pytest.raises(KeyFileMissing):
        hall.house.keyring.freeze(hall.uuid)


def test_a_freeze_that_was_cut_off_after_the_list_was_fixed_is_made_good(at: Open) -> None:
    hall = at("issuing")
    hall.slip(hall.voters()[0])
    manifest, actor = hall.manifest, hall.actor("to-chuc-1")
    with reading(hall.house.registry) as session:
        round_id = session.query(Round.id).scalar()
    ledgers = [SqlLedger(hall.house.registry, round_id=round_id, issuer=n, manifest=manifest.hash) for n in ISSUERS]
    issuing._fix_list(hall.house, manifest, actor)  # and here the power goes
    assert not any(ledger.frozen for ledger in ledgers)
    assert freeze(hall) == 1
    assert all(ledger.frozen for ledger in ledgers)


def test_nothing_is_signed_once_the_list_is_fixed_even_before_the_logs_are_ended(at: Open) -> None:
    hall = at("issuing")
    with writing(hall.house.registry) as session:
        row = session.query(Round).one()
        row.frozen = True
    ledger = SqlLedger(hall.house.registry, round_id=row.id, issuer=ISSUERS[0], manifest=hall.manifest.hash)
    with pytest.raises(IssuingFrozen):
        ledger.append(Entry(Kind.ISSUED, "v" * 64, "b" * 64, "a" * 64))
    assert ledger.count(Kind.ISSUED) == 0


def test_a_rewrite_that_a_reader_kept_from_finishing_says_so(at: Open) -> None:
    hall = at("issuing")
    hall.slip(hall.voters()[0])
    with reading(hall.house.box) as session:
        session.connection().exec_driver_sql("SELECT count(*) FROM staged_credential").fetchall()
        with pytest.raises(RewriteFailed):
            rewrite(hall.house.box, patience=50)
    rewrite(hall.house.box)
    assert wal(hall).stat().st_size == 0
