"""Issuing over HTTP: one slip for one desk's permission; and the freeze, which nobody from outside can hold up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from nacl.public import PublicKey, SealedBox
from sqlalchemy import select
from werkzeug.test import TestResponse

from ballot.acts import find_round
from ballot.box import staging
from ballot.box.staging import STAGING_LIMIT
from ballot.box_round import round_of
from ballot.models.registry.acts import AuditEntry
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.slips import issuers, issuing, orders
from ballot.slips.freezing import StationsOwe
from ballot.storage import reading
from keys.signers import Kind
from tally.protocol.blind import blind, credential_message, finalize
from tally.protocol.credential_list import CredentialList, ListedCredential
from tally.protocol.encoding import canonical
from tests import voter
from tests.ballot.asking import ask, do, permission, request_for, work
from tests.ballot.hall import DESK, Hall
from tests.ballot.look import nothing_changes, refused, rows

Open = Callable[[str], Hall]


def stage(hall: Hall, sealed: bytes) -> TestResponse:
    body = bytes.fromhex(hall.staging_key) + sealed
    return hall.booth().send(f"/dot/{hall.uuid}/tam", data=body, content_type="application/octet-stream")


# --- one permission, one slip -------------------------------------------------------------------------------------


# threats A2
def test_the_same_request_gets_the_same_answer_and_is_counted_once(at: Open) -> None:
    hall = at("issuing")
    code, blinded = permission(hall), request_for(hall)
    first = ask(hall, code, blinded)
    with nothing_changes(hall.house.registry):
        again = ask(hall, code, blinded)
    assert (first.status_code, again.get_data()) == (200, first.get_data())
    assert len(rows(hall.house.registry)["issuer_entry"]) == len(ISSUERS)


# threats A3
def test_another_request_under_a_used_code_is_refused(at: Open) -> None:
    hall = at("issuing")
    code = permission(hall)
    ask(hall, code, request_for(hall))
    with nothing_changes(hall.house.registry):
        refused(ask(hall, code, request_for(hall)), 403, "NOT_AUTHORISED")


def test_an_unknown_code_and_an_unknown_round_are_refused(at: Open) -> None:
    hall = at("issuing")
    code, blinded = permission(hall), request_for(hall)
    with nothing_changes(hall.house.registry):
        refused(ask(hall, "x" + code, blinded), 403, "NOT_AUTHORISED")
        refused(ask(hall, "", blinded), 403, "NOT_AUTHORISED")
        refused(ask(hall, code, blinded, uuid="khong-co"), 404, "NO_SUCH_ROUND")


# threats A5
@pytest.mark.parametrize("place", range(len(ISSUERS)))
def test_a_blinded_number_out_of_range_is_refused_before_any_issuer_signs(at: Open, place: int) -> None:
    """Else one issuer would count a slip that the other never signed, and the list could not be frozen."""
    hall = at("issuing")
    code, good = permission(hall), request_for(hall)
    n = hall.manifest.issuers[place].key.modulus
    for number in (0, 1, n - 1, n):
        bad = [*good]
        bad[place] = number.to_bytes(384)
        with nothing_changes(hall.house.registry):
            assert ask(hall, code, bad).status_code == 400
    with nothing_changes(hall.house.registry):
        assert ask(hall, code, good[:1]).status_code == 400
        assert ask(hall, code, [*good, good[0]]).status_code == 400
        assert ask(hall, code, [b[:-1] for b in good]).status_code == 400
    assert ask(hall, code, good).status_code == 200


@pytest.mark.parametrize("place", range(len(ISSUERS)))
def test_a_number_that_an_issuer_has_answered_serves_no_second_order(at: Open, place: int) -> None:
    """Else the issuers' counts would differ for ever, unnoticed until the record is verified."""
    hall = at("issuing")
    first = request_for(hall)
    assert ask(hall, permission(hall), first).status_code == 200
    orders.order_envelopes(hall.house, hall.uuid, 1, hall.actor("to-chuc-1"))
    (code,) = [order["permission"] for order in work(hall) if order["kind"] == "envelope"]
    mixed = request_for(hall)
    mixed[place] = first[place]
    with nothing_changes(hall.house.registry):
        refused(ask(hall, code, mixed), 409, "BLINDED_REPEATED")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"NaN", b"[" * 5000, b"\xff", b'{"authorisation":1,"blinded":[]}'])
def test_a_malformed_request_is_refused(at: Open, body: bytes) -> None:
    hall = at("issuing")
    for last in ("cap", "viec", "xong"):
        path = f"/dot/{hall.uuid}/{last}"
        assert hall.at_station().send(path, data=body, content_type="application/json").status_code in (400, 413)
        assert hall.at_station().send(path, data=body, content_type="text/plain").status_code == 415
    assert hall.at_station().send("/ghep", data=body, content_type="application/json").status_code in (400, 413)


def test_a_request_that_was_cut_off_between_two_issuers_is_made_good_by_repeating_it(
    at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = at("issuing")
    code, blinded = permission(hall), request_for(hall)
    answer, asked = issuing._answer, []

    def power_cut(*which: Any) -> bytes:
        asked.append(which)
        if len(asked) == len(ISSUERS):  # the first has signed, the next is about to
            raise RuntimeError
        return answer(*which)

    monkeypatch.setattr(issuing, "_answer", power_cut)
    assert ask(hall, code, blinded).status_code == 503
    monkeypatch.undo()
    assert len(rows(hall.house.registry)["issuer_entry"]) == 1
    refused(ask(hall, code, request_for(hall)), 403, "NOT_AUTHORISED")
    assert ask(hall, code, blinded).status_code == 200
    assert len(rows(hall.house.registry)["issuer_entry"]) == len(ISSUERS)


# threats A3
def test_a_permission_of_another_round_does_not_serve(at: Open) -> None:
    hall = at("issuing")
    code, blinded = permission(hall), request_for(hall)
    elsewhere = hall.uuid
    hall.draft()
    hall.issuing()
    with nothing_changes(hall.house.registry):
        refused(ask(hall, code, request_for(hall)), 403, "NOT_AUTHORISED")
    assert ask(hall, code, blinded, uuid=elsewhere).status_code == 200


# --- the freeze ---------------------------------------------------------------------------------------------------


def test_the_list_holds_exactly_what_was_staged_and_the_issuers_keys_are_gone(at: Open) -> None:
    hall = at("issuing")
    slips = [hall.slip(voter_id) for voter_id in hall.voters()[:3]]
    folder = hall.house.keyring.path(hall.uuid, "").parent
    assert len(list(hall.house.config.instance.rglob("*.issuer.key"))) == len(ISSUERS), folder
    assert do(hall.person("to-chuc-1"), hall, "chot").status_code == 302
    hall.slips = slips
    with reading(hall.house.box) as session:
        listed = CredentialList.parse(round_of(session, hall.uuid).credentials or b"")
    assert listed.points == {hall.credential(number).public for number in range(3)}
    assert list(hall.house.config.instance.rglob("*.issuer.key")) == []
    assert rows(hall.house.box)["staged_credential"] == []


def test_after_the_freeze_nothing_is_issued_checked_in_or_staged_into_the_list(at: Open) -> None:
    hall = at("issuing")
    code, blinded = permission(hall, 5), request_for(hall)
    ask_before = ask(hall, code, blinded)
    assert ask_before.status_code == 200
    with pytest.raises(StationsOwe):  # a station has not delivered
        hall.freeze()
    frozen = at("frozen")
    refused(ask(frozen, "x", request_for(frozen)), 409, "WRONG_PHASE")
    answer = frozen.person("tiep-don").form(f"/dot/{frozen.uuid}/ban/1", page=f"/dot/{frozen.uuid}/ban")
    refused(answer, 409, "WRONG_PHASE")
    with reading(frozen.house.box) as session:
        before = round_of(session, frozen.uuid).credentials
    stage(frozen, b"late")
    with reading(frozen.house.box) as session:
        assert round_of(session, frozen.uuid).credentials == before


def test_a_stranger_without_the_staging_key_cannot_fill_the_staging(at: Open) -> None:
    hall = at("issuing")
    path = f"/dot/{hall.uuid}/tam"
    with nothing_changes(hall.house.box):
        for body in (b"", b"x" * 31, bytes(32) + b"blob", bytes.fromhex(hall.staging_key)[::-1] + b"blob"):
            answer = hall.booth().send(path, data=body, content_type="application/octet-stream")
            refused(answer, 403, "STAGING_LOCKED")


def test_hostile_blobs_in_the_staging_cannot_hold_the_freeze_up(at: Open) -> None:
    hall = at("issuing")
    hall.slip(hall.voters()[0])
    seal = SealedBox(PublicKey(bytes.fromhex(hall.freeze_key))).encrypt
    _, credential = voter.new_slip(hall.manifest)
    forged: dict[str, Any] = {"credential": credential.public.encode(), "signatures": ["ab" * 416, "cd" * 416]}
    for blob in (b"", b"garbage", seal(b""), seal(b"{}"), seal(b"\xff"), seal(b"[" * 5000), seal(canonical(forged))):
        assert stage(hall, blob).status_code == 201
    assert hall.freeze() == 1
    with reading(hall.house.registry) as session:
        subject = session.scalars(select(AuditEntry.subject).where(AuditEntry.act == "freeze-list")).one()
        assert find_round(session, hall.uuid).frozen
    assert "1 listed, 0 void, 7 unreadable, 0 undelivered" in subject


def test_whoever_holds_one_slip_cannot_fill_the_staging(at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """threats P8: a voter's own device is given the staging key too, and no slip is printed before it is delivered"""
    monkeypatch.setattr(staging, "STAGED_PER_VOTER", 1)
    hall = at("issuing")
    mine, other, another = hall.voters()[:3]
    hall.slip(mine)
    seal = SealedBox(PublicKey(bytes.fromhex(hall.freeze_key))).encrypt
    (entry,), _none = staging.open_staged(hall.house, hall.manifest)
    answers = {stage(hall, seal(canonical(entry.as_json()))).status_code for _ in range(20)}
    answers |= {stage(hall, b"blob %d" % number).status_code for number in range(30)}
    assert answers == {201, 503}
    hall.slip(other)
    assert len(rows(hall.house.box)["staged_credential"]) == 2
    hall.slip(another)
    assert hall.freeze() == 3


# threats A9
def test_a_credential_of_another_round_is_not_listed(at: Open) -> None:
    """A9: the issuers' keys and the manifest's hash are those of its own round."""
    hall = at("issuing")
    station = hall.new_station(DESK)
    hall.check_in(hall.voters()[0])
    (order,) = station.poll()["orders"]
    hall.draft()
    hall.issuing()
    station.freeze_key = hall.freeze_key
    station.sign(station.state[order["id"]])
    assert stage(hall, station.state[order["id"]].sealed).status_code == 201
    assert hall.freeze() == 0


def test_what_one_issuer_signed_alone_is_not_listed_and_stops_the_freeze(at: Open) -> None:
    """A14, A16: an organiser who signs for somebody absent lacks the other signature, and the counts show it."""
    hall, (_, credential) = at("issuing"), voter.new_slip(at("issuing").manifest)
    issuer = issuers.doors(hall.house)[0]
    entry = hall.manifest.issuers[0]
    message = credential_message(
        manifest_hash=hall.manifest.hash, issuer_name=entry.name, credential_hex=credential.public.encode()
    )
    blinding = blind(entry.key, message)
    answer = issuer.sign(hall.uuid, kind=Kind.ISSUED, reference="DB-0005", blinded=blinding.blinded_message)
    signature = finalize(entry.key, message, blinding=blinding, blind_signature=answer)
    for signatures in ((signature,), (signature, signature)):
        entry_json = ListedCredential(credential.public, signatures).as_json()
        stage(hall, SealedBox(PublicKey(bytes.fromhex(hall.freeze_key))).encrypt(canonical(entry_json)))
    with pytest.raises(StationsOwe) as refusal:
        hall.freeze()
    assert refusal.value.details["undelivered"] == 1


def test_one_blob_twice_is_one_and_a_large_one_is_refused(at: Open) -> None:
    hall = at("issuing")
    assert [stage(hall, b"blob").status_code for _ in range(2)] == [201, 201]
    assert len(rows(hall.house.box)["staged_credential"]) == 1
    refused(stage(hall, b"x" * (STAGING_LIMIT + 1)), 413, "TOO_LARGE")
