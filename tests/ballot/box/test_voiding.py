"""Voiding: only who holds a slip can, before the freeze and until the box closes, and never one that was cast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ballot.box import voiding
from ballot.box_round import round_of
from ballot.result import closing
from ballot.slips import orders
from ballot.storage import reading
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.credential_list import CredentialList
from tally.protocol.holding import SPOILED, UNUSED_ENVELOPE, Voided
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused, rows

Open = Callable[[str], Hall]


def body(hall: Hall, slip: SlipCode, reason: str = SPOILED, manifest: str = "") -> dict[str, Any]:
    voided = Voided.make(manifest or hall.manifest.hash, Credential.derive(slip, hall.uuid), reason)
    return {"staging_key": hall.staging_key, **voided.as_json()}


def send(hall: Hall, value: Any):
    return hall.booth().ask(f"/dot/{hall.uuid}/huy-the", value)


def listed(hall: Hall) -> CredentialList:
    with reading(hall.house.box) as session:
        return voiding.effective_list(session, round_of(session, hall.uuid))


def test_a_void_counts_once_and_the_same_again_is_harmless(at: Open) -> None:
    hall = at("voting")
    value = body(hall, hall.slips[0])
    assert send(hall, value).get_json() == {"voided": True}
    with nothing_changes(hall.house.box):
        assert send(hall, value).status_code == 200
        assert send(hall, body(hall, hall.slips[0], UNUSED_ENVELOPE)).status_code == 200  # the first reason stays
    assert listed(hall).void == {hall.credential(0).public: SPOILED}
    assert listed(hall).issued == len(hall.slips) - 1


def test_a_proof_for_another_reason_credential_or_round_is_refused(at: Open) -> None:
    hall = at("voting")
    good = body(hall, hall.slips[0])
    other_proof = body(hall, hall.slips[1])["proof"]
    with nothing_changes(hall.house.box):
        refused(send(hall, good | {"reason": UNUSED_ENVELOPE}), 400, "BAD_SIGNATURE")
        refused(send(hall, good | {"credential": hall.credential(1).public.encode()}), 400, "BAD_SIGNATURE")
        refused(send(hall, good | {"proof": other_proof}), 400, "BAD_SIGNATURE")
        refused(send(hall, body(hall, hall.slips[0], manifest="ab" * 32)), 400, "BAD_SIGNATURE")
        refused(send(hall, good | {"reason": "lost"}), 400, "WRONG_SHAPE")
        refused(send(hall, {**good, "more": 1}), 400, "WRONG_SHAPE")
    for raw in (b"", b"[]", b"{}", b"\xff", b"[" * 2000):
        answer = hall.booth().send(f"/dot/{hall.uuid}/huy-the", data=raw, content_type="application/json")
        assert answer.status_code == 400
    assert hall.booth().send(f"/dot/{hall.uuid}/huy-the", data=b"{}").status_code == 415


def test_a_slip_that_is_on_no_list_cannot_be_voided_once_the_list_is_fixed(at: Open) -> None:
    for phase in ("frozen", "ready", "voting"):
        hall = at(phase)
        with nothing_changes(hall.house.box):
            refused(send(hall, body(hall, SlipCode.random())), 400, "CREDENTIAL_NOT_LISTED")
        assert send(hall, body(hall, hall.slips[5], UNUSED_ENVELOPE)).status_code == 200


def test_after_the_close_nothing_is_voided(at: Open) -> None:
    hall = at("voting")
    good = body(hall, hall.slips[0])
    for number in range(1, 6):
        assert hall.cast(hall.body(number)).status_code == 201
    hall.by_two(closing.close)
    with nothing_changes(hall.house.box):
        refused(send(hall, good), 409, "WRONG_PHASE")
    refused(hall.booth().ask("/dot/khong-co/huy-the", good), 404, "NO_SUCH_ROUND")


def test_before_the_freeze_only_slips_that_were_issued_are_void_and_then_on_the_list(at: Open) -> None:
    hall = at("issuing")
    slip, other = hall.slip(hall.voters()[0]), hall.slip(hall.voters()[1])
    with nothing_changes(hall.house.box):
        refused(send(hall, body(hall, SlipCode.random())), 400, "CREDENTIAL_NOT_LISTED")
    assert send(hall, body(hall, slip)).status_code == 200
    assert hall.freeze() == 2
    assert listed(hall).void == {Credential.derive(slip, hall.uuid).public: SPOILED}
    assert rows(hall.house.box)["voided"] == []
    with nothing_changes(hall.house.box):
        assert send(hall, body(hall, slip)).status_code == 200
    assert send(hall, body(hall, other, UNUSED_ENVELOPE)).status_code == 200
    assert len(listed(hall).voided) == 2


def test_before_the_freeze_only_a_station_of_the_round_may_void(at: Open) -> None:
    hall = at("issuing")
    good = body(hall, hall.slip(hall.voters()[0]))
    with nothing_changes(hall.house.box):
        for key in ("", "ab" * 32, hall.staging_key.upper(), hall.staging_key[:-2], "z" * 64):
            refused(send(hall, {**good, "staging_key": key}), 403, "STAGING_LOCKED")
    assert send(hall, good).status_code == 200


def test_after_the_freeze_whoever_holds_the_slip_may_void_it(at: Open) -> None:
    hall = at("voting")
    assert send(hall, {**body(hall, hall.slips[0]), "staging_key": ""}).status_code == 200


def test_no_slip_of_ones_own_making_is_replaced_and_none_twice(at: Open) -> None:
    """A home-made code handed in as spoiled would give its voter two slips, or stop the freeze."""
    hall = at("issuing")
    first, second = (hall.slip(voter_id) for voter_id in hall.voters()[:2])
    station = hall.station
    for _replacement in range(2):
        orders.order_replacement(hall.house, hall.uuid, hall.voters()[0], hall.actor("tiep-don"))
        (order,) = station.poll()["orders"]
        begun = station.state[order["id"]]
        with nothing_changes(hall.house.registry):
            answer = hall.at_station().ask(f"/dot/{hall.uuid}/cap", station.request(begun))
            refused(answer, 409, "SPOILED_NOT_VOIDED")
        if _replacement:
            break
        assert send(hall, body(hall, first)).status_code == 200
        station.finish(begun)
    assert send(hall, body(hall, second)).status_code == 200  # another voter's real slip: one void, one new slip
    station.finish(station.state[order["id"]])
    assert hall.freeze() == 4


def test_a_page_of_the_stations_host_may_send_here_and_no_other(at: Open) -> None:
    hall = at("voting")
    for last, allowed in (("huy-the", True), ("tam", True), ("phieu", False), ("trang-thai", False)):
        path = f"/dot/{hall.uuid}/{last}"
        answer = hall.booth().client.options(path, base_url=hall.booth().origin)
        origin = answer.headers.get("Access-Control-Allow-Origin")
        assert (origin == "http://127.0.0.2:8000") is allowed, last
        assert answer.status_code < 300
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Credentials" not in answer.headers
