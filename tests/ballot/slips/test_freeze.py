"""What the freeze must leave behind: a list that is final, and nothing that tells in which order it came about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from ballot.box_round import round_of
from ballot.models.registry.issuing import IssuerEntry
from ballot.models.registry.rounds import Round
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.slips import freezing, issuing, orders
from ballot.slips.freezing import StationsOwe
from ballot.slips.ledger import RegistryLedger
from ballot.slips.orders import permission_digest
from ballot.storage import RewriteFailed, reading, rewrite, writing
from keys.errors import KeyFileMissing
from keys.issuer.errors import IssuingFrozen
from keys.signers import Entry, Kind
from tally.protocol.credential import Credential
from tally.protocol.credential_list import CredentialList
from tally.protocol.errors import WrongCount
from tally.protocol.holding import SPOILED, UNUSED_ENVELOPE
from tests.ballot.asking import do, request_for
from tests.ballot.hall import DESK, Hall
from tests.ballot.look import nothing_changes, refused

Open = Callable[[str], Hall]


def wal(hall: Hall) -> Path:
    return hall.house.config.instance / "box.db-wal"


def freeze(hall: Hall) -> int | None:
    return hall.freeze()


# threats B3
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
    assert left == {"hom-phieu.box.key", "nhat-ky.log.key", *(f"{name}.statement.key" for name in ISSUERS)}
    with pytest.raises(KeyFileMissing):
        hall.house.keyring.freeze(hall.uuid)


def test_a_freeze_that_was_cut_off_after_the_list_was_fixed_is_made_good(at: Open) -> None:
    hall = at("issuing")
    hall.slip(hall.voters()[0])
    manifest, actor = hall.manifest, hall.actor("to-chuc-1")
    with reading(hall.house.registry) as session:
        round_id = session.query(Round.id).scalar()
    ledgers = [
        RegistryLedger(hall.house.registry, round_id=round_id, issuer=n, manifest=manifest.hash) for n in ISSUERS
    ]
    freezing._fix_list(hall.house, manifest, actor)  # and here the power goes
    assert not any(ledger.frozen for ledger in ledgers)
    assert freeze(hall) == 1
    assert all(ledger.frozen for ledger in ledgers)


def test_nothing_is_signed_once_the_list_is_fixed_even_before_the_logs_are_ended(at: Open) -> None:
    hall = at("issuing")
    with writing(hall.house.registry) as session:
        row = session.query(Round).one()
        row.frozen = True
    ledger = RegistryLedger(hall.house.registry, round_id=row.id, issuer=ISSUERS[0], manifest=hall.manifest.hash)
    with pytest.raises(IssuingFrozen):
        ledger.append(Entry(Kind.ISSUED, "v" * 64, "b" * 64, "a" * 64))
    assert ledger.count(Kind.ISSUED) == 0


# --- stations that owe something ----------------------------------------------------------------------------------


def dead_after_signing(hall: Hall, place: int, steps: int = 1) -> None:
    """Let a desk's station break after it had a slip signed (1) or also left it with the box (2)."""
    station = hall.new_station(DESK)
    hall.check_in(hall.voters()[place])
    (order,) = station.poll()["orders"]
    begun = station.state[order["id"]]
    for step in (station.sign, station.deliver)[:steps]:
        step(begun)


def test_a_dead_station_stops_the_freeze_which_names_number_and_desk(at: Open) -> None:
    hall = at("issuing")
    dead_after_signing(hall, 0)
    with nothing_changes(hall.house.registry, hall.house.box), pytest.raises(StationsOwe) as refusal:
        freeze(hall)
    assert refusal.value.details == {"orders": 1, "desks": DESK, "undelivered": 1}
    answer = do(hall.person("to-chuc-1"), hall, "chot")
    refused(answer, 409, "STATIONS_OWE")
    assert DESK in answer.get_data(as_text=True)


def test_two_persons_freeze_without_a_dead_station_and_only_with_the_right_number(at: Open) -> None:
    hall = at("issuing")
    hall.slip(hall.voters()[0])
    dead_after_signing(hall, 1)
    first, second = hall.person("to-chuc-1"), hall.person("to-chuc-2")
    for wrong in ("0", "2"):
        refused(do(first, hall, "chot", undelivered=wrong), 409, "STATIONS_OWE")
    for _ in range(2):
        refused(do(first, hall, "chot", undelivered="1"), 409, "SECOND_PERSON_NEEDED")
    refused(do(second, hall, "chot"), 409, "STATIONS_OWE")
    refused(do(second, hall, "chot", undelivered="x"), 400, "WRONG_SHAPE")
    assert do(second, hall, "chot", undelivered="1").status_code == 302
    with reading(hall.house.box) as session:
        assert len(CredentialList.parse(round_of(session, hall.uuid).credentials or b"").credentials) == 1


def test_a_number_that_changed_meanwhile_is_asked_for_again(at: Open) -> None:
    hall = at("issuing")
    dead_after_signing(hall, 0)
    assert hall.freeze("to-chuc-1", 1) is None
    dead_after_signing(hall, 1)
    with pytest.raises(StationsOwe):
        hall.freeze("to-chuc-2", 1)
    assert hall.freeze("to-chuc-2", 2) is None  # the first has asked for one, not for two
    assert hall.freeze("to-chuc-1", 2) == 0


def test_a_slip_that_was_delivered_before_its_station_died_is_listed(at: Open) -> None:
    hall = at("issuing")
    dead_after_signing(hall, 0, steps=2)
    assert freeze(hall) == 1


def test_orders_that_nobody_signed_are_withdrawn_or_done_first(at: Open) -> None:
    hall = at("issuing")
    hall.check_in(hall.voters()[0])
    for undelivered in (None, 0):
        with pytest.raises(StationsOwe):
            hall.freeze(undelivered=undelivered)
    assert orders.withdraw_unbound(hall.house, hall.uuid, hall.actor("to-chuc-1")) == 1
    assert freeze(hall) == 0


def test_a_bound_order_that_no_issuer_signed_takes_two_persons_with_the_number_zero(at: Open) -> None:
    hall = at("issuing")
    hall.check_in(hall.voters()[0])
    (order,) = hall.station.poll()["orders"]
    permission = permission_digest(order["permission"])
    issuing._bind(hall.house, hall.uuid, permission=permission, blinded=request_for(hall))
    with pytest.raises(StationsOwe):
        freeze(hall)
    assert hall.freeze("to-chuc-1", 0) is None
    assert hall.freeze("to-chuc-2", 0) == 0


def test_a_replacement_and_the_freeze_wait_until_the_spoiled_slip_was_scanned(at: Open) -> None:
    hall = at("issuing")
    spoiled = hall.slip(hall.voters()[0])
    orders.order_replacement(hall.house, hall.uuid, hall.voters()[0], hall.actor(DESK))
    for reason in (None, UNUSED_ENVELOPE):  # the second is the wrong one: this slip was handed back
        if reason:
            hall.station.void(spoiled, reason)
        with pytest.raises(AssertionError, match="SPOILED_NOT_VOIDED"):
            hall.station.work()
        with nothing_changes(hall.house.registry, hall.house.box), pytest.raises(StationsOwe):
            freeze(hall)
    hall.station.void(spoiled, SPOILED)
    hall.station.void(spoiled, UNUSED_ENVELOPE)  # too late to take it back
    assert len(hall.station.work()) == 1
    assert freeze(hall) == 2


def test_a_freeze_cut_off_between_the_two_databases_forgets_no_void(at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = at("issuing")
    spoiled, envelope = hall.slip(hall.voters()[0]), hall.slip(hall.voters()[1])
    hall.station.void(spoiled, SPOILED)
    record = freezing.audit.record
    with monkeypatch.context() as cut:
        cut.setattr(freezing.audit, "record", lambda *_a, **_k: 1 / 0)  # the box has committed, the registry has not
        with pytest.raises(ZeroDivisionError):
            freeze(hall)
    assert freezing.audit.record is record
    hall.station.void(envelope, UNUSED_ENVELOPE)  # one more, before anybody presses again
    assert freeze(hall) == 2
    with reading(hall.house.box) as session:
        listed = CredentialList.parse(round_of(session, hall.uuid).credentials or b"")
    reasons = {Credential.derive(spoiled, hall.uuid).public: SPOILED}
    assert listed.void == reasons | {Credential.derive(envelope, hall.uuid).public: UNUSED_ENVELOPE}


def test_issuers_that_count_differently_stop_the_freeze_and_not_only_the_verifier(at: Open) -> None:
    hall = at("issuing")
    hall.slip(hall.voters()[0])
    with writing(hall.house.registry) as session:
        session.execute(update(IssuerEntry).where(IssuerEntry.issuer == ISSUERS[0]).values(kind="envelope"))
    with nothing_changes(hall.house.registry, hall.house.box), pytest.raises(WrongCount, match="envelope"):
        freeze(hall)


def test_a_rewrite_that_a_reader_kept_from_finishing_says_so(at: Open) -> None:
    hall = at("issuing")
    hall.slip(hall.voters()[0])
    with reading(hall.house.box) as session:
        session.connection().exec_driver_sql("SELECT count(*) FROM staged_credential").fetchall()
        with pytest.raises(RewriteFailed):
            rewrite(hall.house.box, patience=50)
    rewrite(hall.house.box)
    assert wal(hall).stat().st_size == 0
