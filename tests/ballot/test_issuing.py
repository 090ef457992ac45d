"""Issuing over HTTP: one slip for one desk's permission; and the freeze, which nobody from outside can hold up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from nacl.public import PublicKey, SealedBox
from sqlalchemy import select
from werkzeug.test import TestResponse

from ballot import checkin, issuing
from ballot.acts import find_round
from ballot.box import round_of
from ballot.house import ISSUERS
from ballot.models.registry import AuditEntry
from ballot.staging import STAGING_LIMIT
from ballot.storage import reading
from tally.protocol.blind import blind, credential_message
from tally.protocol.credential_list import CredentialList
from tally.protocol.encoding import canonical
from tally.protocol.errors import WrongCount
from tests import voter
from tests.ballot.hall import Client, Hall
from tests.ballot.look import nothing_changes, refused, rows

Open = Callable[[str], Hall]


def request_for(hall: Hall) -> list[bytes]:
    """Blind a fresh credential for every issuer."""
    manifest, (_, credential) = hall.manifest, voter.new_slip(hall.manifest)
    return [
        blind(
            issuer.key,
            credential_message(
                manifest_hash=manifest.hash, issuer_name=issuer.name, credential_hex=credential.public.encode()
            ),
        ).blinded_message
        for issuer in manifest.issuers
    ]


def ask(hall: Hall, code: str, blinded: list[bytes], uuid: str = "") -> TestResponse:
    body = canonical({"authorisation": code, "blinded": [b.hex() for b in blinded]})
    return hall.anybody().send(f"/tram/{uuid or hall.uuid}/cap", data=body, content_type="application/json")


def permission(hall: Hall, place: int = 0) -> str:
    return checkin.check_in(hall.house, hall.uuid, hall.voters()[place], hall.actor("tiep-don"))


def stage(hall: Hall, sealed: bytes) -> TestResponse:
    return hall.booth().send(f"/dot/{hall.uuid}/tam", data=sealed, content_type="application/octet-stream")


def do(browser: Client, hall: Hall, act: str, **values: str) -> TestResponse:
    return browser.form(f"/dot/{hall.uuid}/viec/{act}", values, page=f"/dot/{hall.uuid}/")


# --- one permission, one slip -------------------------------------------------------------------------------------


def test_the_same_request_gets_the_same_answer_and_is_counted_once(at: Open) -> None:
    hall = at("issuing")
    code, blinded = permission(hall), request_for(hall)
    first = ask(hall, code, blinded)
    with nothing_changes(hall.house.registry):
        again = ask(hall, code, blinded)
    assert (first.status_code, again.get_data()) == (200, first.get_data())
    assert len(rows(hall.house.registry)["issuer_entry"]) == len(ISSUERS)


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


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"NaN", b"[" * 5000, b"\xff", b'{"authorisation":1,"blinded":[]}'])
def test_a_malformed_request_is_refused(at: Open, body: bytes) -> None:
    hall = at("issuing")
    answer = hall.anybody().send(f"/tram/{hall.uuid}/cap", data=body, content_type="application/json")
    assert answer.status_code == 400


def test_of_two_desks_one_checks_a_voter_in_and_the_other_is_told_which(at: Open) -> None:
    hall = at("issuing")
    path, page = f"/dot/{hall.uuid}/ban/{hall.voters()[0]}", f"/dot/{hall.uuid}/ban"
    assert hall.person("tiep-don").form(path, page=page).status_code == 200
    second = hall.person("to-chuc-2").form(path, page=page)
    refused(second, 409, "ALREADY_CHECKED_IN")
    assert "tiep-don" in second.get_data(as_text=True)


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
    with pytest.raises(WrongCount):  # a station has not delivered
        issuing.freeze(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    frozen = at("frozen")
    refused(ask(frozen, "x", request_for(frozen)), 409, "WRONG_PHASE")
    answer = frozen.person("tiep-don").form(f"/dot/{frozen.uuid}/ban/1", page=f"/dot/{frozen.uuid}/ban")
    refused(answer, 409, "WRONG_PHASE")
    with reading(frozen.house.box) as session:
        before = round_of(session, frozen.uuid).credentials
    stage(frozen, b"late")
    with reading(frozen.house.box) as session:
        assert round_of(session, frozen.uuid).credentials == before


def test_hostile_blobs_in_the_staging_cannot_hold_the_freeze_up(at: Open) -> None:
    hall = at("issuing")
    hall.slip(hall.voters()[0])
    seal = SealedBox(PublicKey(bytes.fromhex(hall.freeze_key))).encrypt
    _, credential = voter.new_slip(hall.manifest)
    forged: dict[str, Any] = {"credential": credential.public.encode(), "signatures": ["ab" * 416, "cd" * 416]}
    for blob in (b"", b"garbage", seal(b""), seal(b"{}"), seal(b"\xff"), seal(b"[" * 5000), seal(canonical(forged))):
        assert stage(hall, blob).status_code == 201
    assert issuing.freeze(hall.house, hall.uuid, hall.actor("to-chuc-1")) == 1
    with reading(hall.house.registry) as session:
        subject = session.scalars(select(AuditEntry.subject).where(AuditEntry.act == "freeze-list")).one()
        assert find_round(session, hall.uuid).frozen
    assert "1 listed, 7 unreadable" in subject


def test_one_blob_twice_is_one_and_a_large_one_is_refused(at: Open) -> None:
    hall = at("issuing")
    assert [stage(hall, b"blob").status_code for _ in range(2)] == [201, 201]
    assert len(rows(hall.house.box)["staged_credential"]) == 1
    refused(stage(hall, b"x" * (STAGING_LIMIT + 1)), 413, "TOO_LARGE")
