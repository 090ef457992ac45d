"""The making of a key through the server by honest members: the whole way, late, repeated, at the same moment, anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from ballot.committee import ceremony
from ballot.committee.attempts import AttemptOver
from ballot.log import audit
from ballot.result import closing, counting
from ballot.storage import reading
from tally.protocol.errors import Incomplete
from tally.protocol.fingerprint import fingerprint
from tally.protocol.messages import Coefexps
from tally.record import Record
from tally.verify import verify_record
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused, rows
from tests.ballot.members import PageMember, admit, come_in, convened, named, run, until

Open = Callable[[str], Hall]
KINDS = ("certificate", "commitment", "reveal", "key", "nonce", "opening")
SIX = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu {n},Tổ 1\n" for n in range(6))


def small(hall: Hall, *, size: int, threshold: int) -> Hall:
    """Return a hall in the same house with a new round of six voters, sealed."""
    found = Hall(hall.house)
    found.draft(committee_size=size, threshold=threshold, delegates=6, roll=SIX)
    found.issuing()
    return found


def closed(hall: Hall) -> Hall:
    """Take a round with its committee's key and passed tests on to a closed box."""
    hall.frozen()
    admit(hall)
    hall.voting()
    for number in range(6):
        assert hall.cast(hall.body(number)).status_code == 201
    hall.by_two(closing.close)
    return hall


def call(hall: Hall, *numbers: int) -> list[int]:
    return ceremony.call(hall.house, hall.uuid, hall.actor("to-chuc-1"), numbers=numbers)


def begin_again(hall: Hall) -> None:
    ceremony.begin_again(hall.house, hall.uuid, hall.actor("to-chuc-1"))


# --- the whole way ------------------------------------------------------------------------------------------------


def test_three_of_five_go_the_whole_way_through_the_server(at: Open) -> None:
    hall, members = convened(small(at("draft"), size=5, threshold=3))
    assert sorted(run(members)) == sorted(kind for kind in KINDS for _member in members)
    words = [fingerprint(m.memory.transcript, _revealed(m)) for m in members if m.memory]
    assert (len(words[0]), len(set(words))) == (6, 1)
    closed(hall)
    for member in members:
        member.retest()
    with pytest.raises(Incomplete):
        counting.tally(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    for member in (members[0], members[2], members[4]):
        assert member.ask("giai-ma", part=json.loads(member.part().encode())) == {"kept": True}
    counting.tally(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    root = verify_record(Record.read(hall.house.record(hall.uuid))).evidence.archive.root
    for member in members:
        member.destroy(root)
    state = members[0].state()
    assert (state["phase"], state["root"]) == ("tallied", True)
    assert [m["part"] for m in state["members"]] == [True, False, True, False, True]
    assert all(m["retested"] and m["destroyed"] and m["joined"] for m in state["members"])
    with reading(hall.house.registry) as session:
        audit.check(session, 1)


def _revealed(member: PageMember) -> list[Coefexps]:
    reveals = member.state()["messages"]["reveal"]
    return [Coefexps.parse(reveals[n]["coefexps"], f"member {n}") for n in sorted(reveals)]


def test_a_committee_of_one_makes_its_key_and_decrypts_alone(at: Open) -> None:
    hall, members = convened(small(at("draft"), size=1, threshold=1))
    refused(members[0].answer("gui", attempt=1, kind="certificate", message={}), 400, "WRONG_SHAPE")
    assert run(members) == ["key", "nonce", "opening"]
    closed(hall)
    members[0].ask("giai-ma", part=json.loads(members[0].part().encode()))
    counting.tally(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    verify_record(Record.read(hall.house.record(hall.uuid)))


def test_the_committees_app_sets_no_cookie_and_keeps_nothing_of_a_question(at: Open) -> None:
    hall, members = convened(at("issuing"))
    with nothing_changes(hall.house.registry):
        answer = members[0].answer("tinh-hinh", revision=-1)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    names = ["revision", "phase", "title", "body", "rehearsal", "attempt", "size", "threshold", "number", "members"]
    assert list(answer.get_json()) == [
        *names,
        "messages",
        "ended",
        "called",
        "committee",
        "root",
        "waits",
        "comparison",
    ]
    assert hall.at_committee().get(f"/dot/{hall.uuid}/committee.json").status_code == 404
    assert hall.at_committee().get(f"/dot/{hall.uuid}/ho-so/manifest.json").status_code == 404


def test_a_state_that_did_not_change_is_not_sent_again(at: Open) -> None:
    hall, members = convened(at("issuing"))
    revision = members[0].state()["revision"]
    assert members[0].state(revision) == {"revision": revision}
    members[1].step()
    state = members[0].state(revision)
    assert (state["revision"] > revision, state["members"][1]["sent"]) == (True, ["certificate"])
    hall.frozen()
    assert members[0].state(state["revision"]) == {"revision": state["revision"]}
    run(members)
    before = members[0].state()["revision"]
    admit(hall)
    assert members[0].state(before)["phase"] == "ready"


# --- out of turn, twice, from an earlier attempt ------------------------------------------------------------------


def test_whoever_comes_before_the_others_waits(at: Open) -> None:
    hall, members = convened(at("issuing"))
    members[0].step()
    with nothing_changes(hall.house.registry):
        for kind, message in (("commitment", "0" * 64), ("reveal", {}), ("key", {}), ("nonce", "0" * 64)):
            refused(members[0].answer("gui", attempt=1, kind=kind, message=message), 409, "CEREMONY_WAITS")
        refused(members[0].answer("gui", attempt=1, kind="retest", message={}), 409, "WRONG_PHASE")
        refused(members[0].answer("gui", attempt=1, kind="destruction", message={}), 409, "WRONG_PHASE")
        refused(members[0].answer("gui", attempt=1, kind="passphrase", message=""), 400, "WRONG_SHAPE")


def test_a_late_member_holds_nothing_up_but_what_needs_everybody(at: Open) -> None:
    hall = named(at("issuing"))
    early = [come_in(hall, number) for number in (1, 3)]
    assert run(early) == ["certificate"] * 2
    late = come_in(hall, 2)
    assert run([*early, late])[0] == "certificate"
    assert admit_refused(hall)


def admit_refused(hall: Hall) -> bool:
    with pytest.raises(Incomplete):  # the list of slips is not final yet
        admit(hall)
    return True


def test_the_same_message_again_is_harmless_and_another_one_is_refused(at: Open) -> None:
    hall, members = convened(at("issuing"))
    for kind in KINDS:
        (message, *_others) = until(members, kind)
        members[0].send(kind, message)
        with nothing_changes(hall.house.registry):
            members[0].send(kind, message)
    begin_again(hall)
    until(members, "commitment")
    members[0].step()
    with nothing_changes(hall.house.registry):
        for kind, other in (("certificate", {}), ("commitment", "1" * 64)):
            refused(members[0].answer("gui", attempt=2, kind=kind, message=other), 409, "MESSAGE_EXISTS")


def test_a_message_of_an_earlier_attempt_is_refused_and_pages_begin_anew_by_themselves(at: Open) -> None:
    hall, members = convened(at("issuing"))
    until(members, "reveal")
    kind, message = members[0].next()
    begin_again(hall)
    with nothing_changes(hall.house.registry):
        refused(members[0].answer("gui", attempt=1, kind=kind, message=message), 409, "ATTEMPT_OVER")
        refused(members[0].answer("gui", attempt=3, kind=kind, message=message), 409, "ATTEMPT_OVER")
        refused(members[0].answer("gui", attempt=2, kind=kind, message=message), 409, "CEREMONY_WAITS")
    seeds = [member.memory.seed for member in members if member.memory]
    assert len(run(members)) == 18
    assert not set(seeds) & {member.memory.seed for member in members if member.memory}
    assert members[0].state()["committee"]


def test_a_new_attempt_is_possible_until_the_key_is_admitted(at: Open) -> None:
    hall, members = convened(at("frozen"))
    run(members)
    first = members[0].committee.hash
    begin_again(hall)
    run(members)
    assert admit(hall) == members[0].committee.hash != first
    browser, page = hall.person("to-chuc-1"), f"/dot/{hall.uuid}/ban-kiem-phieu"
    with nothing_changes(hall.house.registry, hall.house.box):
        for act in ("lam-lai-khoa", "goi-thu-khoa", "nhan-khoa"):
            refused(browser.form(f"/dot/{hall.uuid}/{act}", {}, page=page), 409, "WRONG_PHASE")
        refused(members[0].answer("gui", attempt=2, kind="nonce", message="0" * 64), 409, "WRONG_PHASE")


# --- the opening test ---------------------------------------------------------------------------------------------


def test_the_members_who_are_present_take_the_test_and_the_round_becomes_ready(at: Open) -> None:
    hall, members = convened(at("frozen"))
    until(members, "nonce")
    with pytest.raises(Incomplete):
        call(hall)
    members[0].step()
    with pytest.raises(Incomplete):
        call(hall)
    members[2].step()
    assert call(hall) == [1, 3]
    with pytest.raises(Incomplete, match=r"member-1\.opening\.json, member-3"):
        admit(hall)
    assert (members[0].step(), members[1].step()) == ("opening", "nonce")
    with pytest.raises(Incomplete, match=r"member-3\.opening\.json\."):
        admit(hall)
    members[2].step()
    admit(hall)
    assert hall.phase() == "ready"


def test_a_member_who_left_after_the_call_is_left_out_by_another_call(at: Open) -> None:
    hall, members = convened(at("frozen"))
    until(members, "opening")
    assert [entry["owner"] for entry in members[0].state()["called"]] == [1, 2, 3]
    for member in members[:2]:
        member.step()
    with nothing_changes(hall.house.registry), pytest.raises(Incomplete):
        call(hall, 3)
    assert call(hall, 1, 2) == [1, 2]
    assert ["opening" in m["sent"] for m in members[0].state()["members"]] == [False, False, False]
    assert run(members) == ["opening", "opening"]
    with nothing_changes(hall.house.registry):
        assert call(hall, 2, 1) == [1, 2]
    admit(hall)
    closing_state = members[2].state()
    assert [entry["owner"] for entry in closing_state["called"]] == [1, 2]


def test_the_organisers_page_leads_through_the_call_and_the_admission(at: Open) -> None:
    hall, members = convened(at("frozen"))
    browser, page = hall.person("to-chuc-1"), f"/dot/{hall.uuid}/ban-kiem-phieu"
    until(members, "nonce")
    members[0].step()
    members[1].step()
    assert browser.form(f"/dot/{hall.uuid}/goi-thu-khoa", {"number": ["1", "2"]}, page=page).status_code == 302
    run(members[:2])
    shown = browser.get(page).get_data(as_text=True)
    assert "Mọi người được gọi đã thử khóa thành công. Xin nhận khóa." in shown
    refused(browser.form(f"/dot/{hall.uuid}/goi-thu-khoa", {"number": "12"}, page=page), 400, "WRONG_SHAPE")
    assert browser.form(f"/dot/{hall.uuid}/nhan-khoa", {}, page=page).status_code == 302
    assert hall.phase() == "ready"
    assert browser.get(page).status_code == 200


def test_nothing_is_admitted_of_an_attempt_that_a_member_ended(at: Open) -> None:
    hall, members = convened(at("frozen"))
    run(members)
    members[1].complain(0, "TRANSCRIPT_CHANGED")
    with nothing_changes(hall.house.registry, hall.house.box):
        for act in (admit, call):
            with pytest.raises(AttemptOver):
                act(hall)


# --- at the same moment -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["certificate", "key", "nonce"])
def test_messages_at_the_same_moment_all_land(at: Open, kind: str) -> None:
    hall, members = convened(at("issuing"))
    messages = until(members, kind)
    together(members, lambda n: members[n].send(kind, messages[n]))
    assert all(kind in m["sent"] for m in members[0].state()["members"])
    run(members)
    assert members[0].state()["called"]
    with reading(hall.house.registry) as session:
        audit.check(session, 1)


def test_two_different_messages_of_one_member_at_the_same_moment_are_one(at: Open) -> None:
    hall, members = convened(at("issuing"))
    until(members, "commitment")
    values = ["1" * 64, "2" * 64, "3" * 64]
    answers = together(
        members, lambda n: members[0].answer("gui", attempt=1, kind="commitment", message=values[n]).status_code
    )
    assert sorted(answers) == [200, 409, 409]
    assert sum(row[3] == "commitment" for row in rows(hall.house.registry)["ceremony_message"]) == 1


def together(members: list[PageMember], act: Callable[[int], Any]) -> list[Any]:
    barrier = Barrier(len(members))

    def run_one(number: int) -> Any:
        barrier.wait(10)
        return act(number)

    with ThreadPoolExecutor(len(members)) as threads:
        return list(threads.map(run_one, range(len(members))))
