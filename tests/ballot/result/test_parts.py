"""Partial decryptions on arrival: verified at once, a wrong one is its sender's, a valid one is never replaced."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest

from ballot.result import closing, counting
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused
from tests.ballot.members import PageMember, admit, convened, run
from tests.ballot.prepared import Prepared

Change = Callable[[Any, Any], Any]


@pytest.fixture(scope="module")
def closed(prepared: Prepared) -> Iterator[tuple[Hall, list[PageMember], list[Any]]]:
    """A closed round, its members' pages, and the part that each would send."""
    hall, members = convened(prepared.at("frozen"))
    run(members)
    admit(hall)
    hall.voting()
    for number in range(6):
        hall.cast(hall.body(number))
    refused(members[0].answer("giai-ma", part={}), 409, "WRONG_PHASE")
    assert hall.at_committee().get(f"/dot/{hall.uuid}/ho-so/manifest.json").status_code == 404
    hall.by_two(closing.close)
    yield hall, members, [json.loads(member.part().encode()) for member in members]
    hall.house.registry.dispose()
    hall.house.box.dispose()


def first_proof(part: Any, field: str) -> Any:
    rows = json.loads(json.dumps(part[field]))
    rows[0][0]["response"] = str(int(rows[0][0]["response"]) + 1)
    return {**part, field: rows}


WRONG: dict[str, tuple[Change, int, str]] = {
    "a factor of another": (
        lambda own, other: {**own, "decryption_factors": other["decryption_factors"]}, 400, "BAD_DECRYPTION",
    ),
    "the part of another member": (lambda own, other: other, 400, "BAD_DECRYPTION"),
    "a wrong proof": (lambda own, _: first_proof(own, "decryption_proofs"), 400, "BAD_DECRYPTION"),
    "a wrong strong proof": (lambda own, _: first_proof(own, "strong_proofs"), 400, "BAD_DECRYPTION"),
    "no strong proof": (
        lambda own, _: {k: v for k, v in own.items() if k != "strong_proofs"}, 400, "NO_STRONG_PROOF",
    ),
    "a row too few": (
        lambda own, _: {**own, "decryption_factors": own["decryption_factors"][:1]}, 400, "WRONG_SHAPE",
    ),
    "nothing": (lambda own, _: None, 400, "WRONG_SHAPE"),
}  # fmt: skip


# threats F3
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_part_is_refused_its_sender_named_and_not_kept(closed: Any, name: str) -> None:
    hall, members, parts = closed
    change, status, code = WRONG[name]
    false = change(parts[1], parts[2])
    with nothing_changes(hall.house.registry):
        answer = members[1].answer("giai-ma", part=false)
        refused(answer, status, code)
        assert "member 2" in answer.get_json()["sentence"]
    assert not any(path.name == "partial-2.json" for path in counting.parts(hall.house, hall.uuid))


def test_a_wrong_part_by_file_is_the_members_whose_number_it_bears(closed: Any) -> None:
    hall, _members, parts = closed
    browser, raw = hall.person("to-chuc-1"), json.dumps(parts[2], separators=(",", ":")).encode()
    with nothing_changes(hall.house.registry):
        answer = browser.form(
            f"/dot/{hall.uuid}/giai-ma", {"parts": [(BytesIO(raw), "partial-2.json")]}, page=f"/dot/{hall.uuid}/"
        )
        refused(answer, 400, "BAD_DECRYPTION")
        assert "member 2" in answer.get_data(as_text=True)
        for name, code in (("partial-4.json", "NO_SUCH_SEAT"), ("partial-x.json", "INCOMPLETE")):
            files = {"parts": [(BytesIO(raw), name)]}
            refused(browser.form(f"/dot/{hall.uuid}/giai-ma", files, page=f"/dot/{hall.uuid}/"), 400, code)


# threats F11
def test_a_valid_part_stays_and_the_page_shows_who_is_missing(closed: Any) -> None:
    hall, members, parts = closed
    browser = hall.person("to-chuc-1")
    shown = browser.get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert "0 trên 2 phần cần có" in shown
    members[0].ask("giai-ma", part=parts[0])
    with nothing_changes(hall.house.registry):
        members[0].ask("giai-ma", part=parts[0])
        again = json.loads(members[0].part().encode())
        refused(members[0].answer("giai-ma", part=again), 409, "MESSAGE_EXISTS")
    shown = browser.get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert "1 trên 2 phần cần có" in shown
    assert "còn chờ Ủy viên kiểm phiếu 2, Ủy viên kiểm phiếu 3." in shown
    assert [member["part"] for member in members[1].state()["members"]] == [True, False, False]


def test_a_retest_is_checked_like_the_opening_test(closed: Any) -> None:
    hall, members, _parts = closed
    members[0].retest()
    with nothing_changes(hall.house.registry):
        false = members[1].state()["messages"]
        refused(members[1].answer("gui", attempt=1, kind="retest", message=false), 400, "WRONG_SHAPE")
        refused(members[1].answer("gui", attempt=1, kind="destruction", message={}), 409, "WRONG_PHASE")
    assert [member["retested"] for member in members[1].state()["members"]] == [True, False, False]


def test_the_record_is_handed_out_file_by_file_once_it_is_written(closed: Any) -> None:
    hall, members, _parts = closed
    record = members[0].record()
    assert len(record.files) == 9
    for name in ("result.json", "parts", "..", "report", "x.bel"):
        assert hall.at_committee().get(f"/dot/{hall.uuid}/ho-so/{name}").status_code == 404, name
