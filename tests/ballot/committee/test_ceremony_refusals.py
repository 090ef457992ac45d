"""Liars in the ceremony: a wrong message is refused and its sender named; what only a receiver sees ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from keys.committee.ceremony import Polynomial, Seat, draw_polynomial, make_certificate, publish_key
from keys.committee.channel import MemberKeys, random_seed, send
from keys.committee.memory import Memory
from tally.protocol.encoding import canonical
from tally.protocol.group import g_pow, random_scalar
from tally.protocol.opening import pass_test
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused, rows
from tests.ballot.members import PageMember, admit, convened, run, until

Open = Callable[[str], Hall]
Lie = Callable[[PageMember, list[Any]], Any]


def memory(member: PageMember) -> Memory:
    assert member.memory
    return member.memory


def seat(member: PageMember) -> Seat:
    return memory(member).seat(member.manifest)


def one_more(scalar: str) -> str:
    return str(int(scalar) + 1)


def changed(value: Any, *path: str) -> Any:
    """Return a copy of a message with the scalar at `path` one greater."""
    head, *rest = path
    return {**value, head: changed(value[head], *rest) if rest else one_more(value[head])}


def other_test(member: PageMember, _messages: list[Any]) -> Any:
    """Take the test with another share than the member's."""
    owners = {entry["owner"]: entry["nonce"] for entry in member.state()["called"]}
    return pass_test(member.committee, owners, owner=member.number, secret=random_scalar()).as_json()


def rushing(member: PageMember, _messages: list[Any]) -> Any:
    """Reveal another polynomial than the one that was committed to, all else honest."""
    held = memory(member)
    member.memory = replace(held, polynomial=draw_polynomial(seat(member)))
    late: Polynomial = memory(member).polynomial
    honest = member_reveal(member, held)
    return {**honest, "coefexps": late.public.signed.as_json()}


def member_reveal(member: PageMember, held: Memory) -> Any:
    member.memory = held
    return member.next()[1]


LIES: dict[str, tuple[str, Lie, str]] = {
    "certificate with a wrong signature": (
        "certificate", lambda m, sent: changed(sent[1], "signature", "response"), "BAD_SIGNATURE",
    ),
    "certificate of another seat": (
        "certificate",
        lambda m, _: make_certificate(Seat(m.manifest, 3, MemberKeys.derive(random_seed()))).signed.as_json(),
        "BAD_TRUSTEE_MESSAGE",
    ),
    "certificate that is none": ("certificate", lambda m, _: {"message": "x"}, "WRONG_SHAPE"),
    "commitment that is no hash": ("commitment", lambda m, _: "x" * 64, "BAD_HASH"),
    "reveal of another polynomial": ("reveal", rushing, "BAD_TRUSTEE_MESSAGE"),
    "reveal with a wrong signature": (
        "reveal", lambda m, sent: changed(sent[1], "signature", "challenge"), "BAD_SIGNATURE",
    ),
    "reveal with a wrong acknowledgement": (
        "reveal", lambda m, sent: changed(sent[1], "acknowledgement", "response"), "BAD_SIGNATURE",
    ),
    "reveal with a share too few": (
        "reveal", lambda m, sent: {**sent[1], "shares": sent[1]["shares"][:2]}, "BAD_TRUSTEE_MESSAGE",
    ),
    "reveal of another member": ("reveal", lambda m, sent: sent[0], "BAD_TRUSTEE_MESSAGE"),
    "key of another share": (
        "key", lambda m, _: publish_key(random_scalar(), seat(m).keys.signing).as_json(), "BAD_TRUSTEE_MESSAGE",
    ),
    "key without a signature": (
        "key", lambda m, _: publish_key(memory(m).require_share(), None).as_json(), "BAD_TRUSTEE_MESSAGE",
    ),
    "key with a wrong proof": ("key", lambda m, sent: changed(sent[1], "pok", "response"), "BAD_SIGNATURE"),
    "key with a name": ("key", lambda m, sent: {**sent[1], "name": "x"}, "BAD_TRUSTEE_MESSAGE"),
    "nonce that is none": ("nonce", lambda m, _: "", "BAD_HASH"),
    "test with another share": ("opening", other_test, "BAD_PROOF"),
    "test of another member": ("opening", lambda m, sent: sent[2], "MISMATCH"),
    "test with a wrong proof": ("opening", lambda m, sent: changed(sent[1], "proof", "response"), "BAD_PROOF"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_wrong_message_is_refused_its_sender_is_named_and_nothing_is_kept(at: Open, name: str) -> None:
    kind, lie, code = LIES[name]
    hall, members = convened(at("issuing"))
    messages = until(members, kind)
    liar = members[1]
    members[0].send(kind, messages[0])
    false = lie(liar, messages)
    with nothing_changes(hall.house.registry):
        answer = liar.answer("gui", attempt=1, kind=kind, message=false)
        refused(answer, 400, code)
        assert "member 2" in answer.get_json()["sentence"]
    liar.send(kind, messages[1])
    run(members)
    assert members[0].state()["called"]


def test_two_members_with_one_key_are_refused(at: Open) -> None:
    hall, members = convened(at("issuing"))
    until(members, "certificate")
    members[0].step()
    twin = Seat(members[1].manifest, 2, seat(members[0]).keys)
    with nothing_changes(hall.house.registry):
        answer = members[1].answer(
            "gui", attempt=1, kind="certificate", message=make_certificate(twin).signed.as_json()
        )
        refused(answer, 400, "BAD_TRUSTEE_MESSAGE")


def test_a_message_that_is_too_large_is_refused(at: Open) -> None:
    hall, members = convened(at("issuing"))
    until(members, "reveal")
    with nothing_changes(hall.house.registry):
        for shares in (["x" * 70_000], ["x" * 65_000], ["x" * 2_000_000]):
            answer = members[0].answer("gui", attempt=1, kind="reveal", message={"shares": shares})
            assert answer.get_json()["code"] in ("TOO_LARGE", "HTTP_413", "WRONG_SHAPE")


# --- what only the receiver sees ----------------------------------------------------------------------------------


def spoil_share(liar: PageMember, victim: PageMember, honest: Any) -> Any:
    """Seal a share for one member that does not fit the polynomial; nobody else can see it."""
    receiver = victim.memory.seat(victim.manifest).keys.receiving.public if victim.memory else None
    assert receiver
    false = send(seat(liar).keys.signing, receiver, canonical({"secret": str(random_scalar())}).decode())
    shares = list(honest["shares"])
    shares[victim.number - 1] = false
    return {**honest, "shares": shares}


def test_a_share_that_does_not_fit_ends_the_attempt_and_the_next_one_succeeds(at: Open) -> None:
    hall, members = convened(at("issuing"))
    messages = until(members, "reveal")
    members[1].send("reveal", spoil_share(members[1], members[2], messages[1]))
    run(members)
    ended = {"code": "BAD_TRUSTEE_MESSAGE", "accused": 2, "accuser": 3}
    assert [member.state()["ended"] for member in members] == [ended] * 3
    assert not members[0].state()["committee"]
    browser, page = hall.person("to-chuc-2"), f"/dot/{hall.uuid}/ban-kiem-phieu"
    shown = browser.get(page).get_data(as_text=True)
    assert "Thành viên số 3, Ủy viên kiểm phiếu 3 báo: điều thành viên số 2, Ủy viên kiểm phiếu 2 gửi đến" in shown
    assert "Mã: BAD_TRUSTEE_MESSAGE" in shown
    assert browser.form(f"/dot/{hall.uuid}/lam-lai-khoa", {}, page=page).status_code == 302
    assert members[0].state()["ended"] is None
    run(members)
    assert members[0].state()["called"]


def test_a_complaint_ends_a_living_attempt_once_and_names_both(at: Open) -> None:
    hall, members = convened(at("issuing"))
    until(members, "commitment")
    commitment = members[0].next()[1]
    with nothing_changes(hall.house.registry):
        for values in (
            {"attempt": 2, "accused": 2, "code": "X"},
            {"attempt": 1, "accused": 1, "code": "X"},
            {"attempt": 1, "accused": 4, "code": "X"},
            {"attempt": 1, "accused": 2, "code": "<b>"},
            {"attempt": 1, "accused": 2, "code": "X" * 41},
        ):
            assert members[0].answer("to-cao", **values).status_code in (400, 409), values
        stranger = replace(members[0], device="x")
        refused(stranger.answer("to-cao", attempt=1, accused=2, code="X"), 403, "DEVICE_UNKNOWN")
    members[0].complain(0, "TRANSCRIPT_CHANGED")
    with nothing_changes(hall.house.registry):
        members[0].complain(0, "TRANSCRIPT_CHANGED")
        refused(members[1].answer("to-cao", attempt=1, accused=1, code="X"), 409, "ATTEMPT_OVER")
        refused(members[0].answer("gui", attempt=1, kind="commitment", message=commitment), 409, "ATTEMPT_OVER")
    assert members[1].state()["ended"] == {"code": "TRANSCRIPT_CHANGED", "accused": 0, "accuser": 1}
    acts = [row[2:5] for row in rows(hall.house.registry)["audit_entry"]]
    assert ("member 1", "committee-complaint", f"{hall.uuid} 1 0 TRANSCRIPT_CHANGED") in acts


def test_a_complaint_after_the_key_was_admitted_comes_too_late(at: Open) -> None:
    hall, members = convened(at("frozen"))
    run(members)
    admit(hall)
    with nothing_changes(hall.house.registry):
        refused(members[0].answer("to-cao", attempt=1, accused=2, code="X"), 409, "WRONG_PHASE")


def test_no_secret_of_a_member_is_in_the_servers_files(at: Open) -> None:
    hall, members = convened(at("issuing"))
    run(members)
    stored = repr(rows(hall.house.registry)) + repr(rows(hall.house.box))
    for member in members:
        held = memory(member)
        for secret in (held.seed, str(held.require_share()), member.device):
            assert secret not in stored
    assert g_pow(memory(members[0]).require_share()) == members[0].committee.trustees.owners[0]
