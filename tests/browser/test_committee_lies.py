"""A member's page under a server that sends honest scripts and lies in its answers: no lie makes it say or send more.

Here live the lies of a server, each told to a real page. Never here: a lie of a member, or a forged record.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keys.committee.ceremony import publish_key
from tally.protocol.committee import Committee, Member
from tally.protocol.group import random_scalar
from tally.protocol.trustees import Single, Trustees
from tests.ballot.hall import Hall
from tests.ballot.members import invite, named
from tests.browser import real_hall
from tests.browser.committee_steps import Seated, Seats
from tests.browser.waiting import expect, until

Lie = Callable[[dict[str, Any]], None]
QUIET_MS = 2_500
FILE_KEPT = """async () => {
  const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const db = await answer(indexedDB.open("kiem-phieu"));
  const [own] = await answer(db.transaction("khoa").objectStore("khoa").getAll());
  return own.file !== null && !own.destroyed;
}"""


def tell(member: Seated, lie: Lie) -> None:
    """Change every state that the server tells this page from now on, and let it count as news."""

    def altered(route: Any) -> None:
        asked = json.loads(route.request.post_data)
        answer = route.fetch(post_data=json.dumps({**asked, "revision": -1}, separators=(",", ":")))
        state = answer.json()
        state["revision"] += 1_000_000
        lie(state)
        route.fulfill(response=answer, json=state)

    member.page.route("**/tinh-hinh", altered)


def honest_again(member: Seated) -> None:
    member.page.unroute_all(behavior="wait")


def said_to_be_finished(state: dict[str, Any]) -> None:
    state["committee"] = True


def of_one(state: dict[str, Any]) -> None:
    state.update(size=1, threshold=1, members=state["members"][:1])


@pytest.mark.parametrize("lie", [said_to_be_finished, of_one])
def test_no_answer_of_the_server_spares_the_six_words(dist: Path, tmp_path: Path, seats: Seats, lie: Lie) -> None:
    with real_hall.served(tmp_path / "house", committee_size=2, threshold=2) as hall:
        members = [seats(number) for number in (1, 2)]
        for member, link in zip(members, invite(named(hall)), strict=True):
            member.take_seat(link)
        first = members[0]
        words = first.read_words()
        tell(first, lie)
        first.page.wait_for_timeout(QUIET_MS)
        honest_again(first)
        assert first.read_words() == words
    assert not any('"kind":"key"' in body for _url, body in first.sent)


def proven_and_destroyed(state: dict[str, Any]) -> None:
    state["members"][0].update(sent=["key", "nonce", "opening"], destroyed=True)


def over(state: dict[str, Any]) -> None:
    proven_and_destroyed(state)
    state["phase"] = "tallied"


def test_the_servers_word_neither_tests_a_key_nor_destroys_a_share(dist: Path, tmp_path: Path, seats: Seats) -> None:
    with real_hall.served(tmp_path / "house", committee_size=1, threshold=1) as hall:
        (link,) = invite(named(hall))
        alone = seats(1)
        alone.take_seat(link)
        alone.screen("saving")
        tell(alone, proven_and_destroyed)
        alone.page.wait_for_timeout(QUIET_MS)
        alone.screen("saving")
        honest_again(alone)
        tell(alone, over)
        alone.screen("over-menu")
        alone.page.wait_for_timeout(QUIET_MS)
        expect(alone.page.get_by_role("button", name="Hủy phần khóa", exact=True)).to_have_count(1)
        assert alone.page.evaluate(FILE_KEPT)
        honest_again(alone)
        alone.page.reload()
        alone.unlock()
        alone.save_both()
        alone.prove()
        alone.rest()
        tell(alone, over)  # now the file is proven, and still there is no record with a result
        alone.press("Hủy phần khóa")
        alone.press("Hủy phần khóa")
        alone.open_file(alone.file(2))
        alone.heading("Chưa hủy phần khóa")
        alone.said("Hồ sơ còn thiếu một phần")
        assert alone.page.evaluate(FILE_KEPT)
    assert not any('"kind":"destruction"' in body for _url, body in alone.sent)


def another_committee(hall: Hall) -> bytes:
    """A committee of one with the member's name and a key of somebody else's, right in every public check."""
    trustees = Trustees.make((Single(publish_key(random_scalar(), None)),))
    members = (Member("Ủy viên kiểm phiếu 1", "Trưởng ban"),)
    return Committee(hall.manifest.hash, 1, members, (), (), trustees).encode()


def test_a_key_that_was_put_in_the_place_of_ones_own_is_noticed_before_voting(
    dist: Path, tmp_path: Path, seats: Seats
) -> None:
    with real_hall.served(tmp_path / "house", committee_size=1, threshold=1) as hall:
        (link,) = invite(named(hall))
        alone = seats(1)
        alone.take_seat(link)
        alone.save_both()
        alone.prove()
        alone.rest()
        alone.page.route("**/committee.json", lambda route: route.fulfill(body=another_committee(hall)))
        tell(alone, lambda state: state.update(phase="ready"))
        alone.heading("Khóa đang dùng không phải khóa của quý vị")
        alone.picture("23-other-committee")
        alone.page.unroute_all(behavior="wait")
        alone.page.reload()
        alone.rest()


def test_an_answer_that_means_nothing_is_said_and_another_manifest_is_compared_anew(
    dist: Path, tmp_path: Path, seats: Seats
) -> None:
    with real_hall.served(tmp_path / "house", committee_size=2, threshold=2) as hall:
        links = invite(named(hall))
        alone = seats(1)
        alone.take_seat(links[0])
        alone.screen("waiting")
        tell(alone, lambda state: state.update(members="?"))
        alone.said("Máy chủ trả lời điều trang không hiểu. Không có gì bị mất")
        honest_again(alone)
        until(alone.page, lambda: not alone.page.locator(".strip").inner_text())
        (link,) = invite(hall, 1)
        raw = hall.manifest.raw.replace(hall.manifest.title.encode(), "Đợt khác".encode())
        alone.page.route("**/manifest.json", lambda route: route.fulfill(body=raw))
        alone.page.goto(link)
        alone.screen("meeting")


def test_a_server_for_which_it_is_always_too_early_is_named(dist: Path, tmp_path: Path, seats: Seats) -> None:
    with real_hall.served(tmp_path / "house", committee_size=1, threshold=1) as hall:
        (link,) = invite(named(hall))
        alone = seats(1)
        refusal = {"code": "ATTEMPT_OVER", "sentence": "Lần này đã kết thúc."}
        alone.page.route("**/gui", lambda route: route.fulfill(status=409, json=refusal))
        alone.take_seat(link)
        alone.heading("Chưa làm được việc này")
        alone.said("Lần này đã kết thúc.")


def test_a_seat_whose_answer_was_lost_is_taken_by_the_same_link_after_a_reload(
    dist: Path, tmp_path: Path, seats: Seats
) -> None:
    with real_hall.served(tmp_path / "house", committee_size=2, threshold=2) as hall:
        links = invite(named(hall))
        alone, lost = seats(1), []

        def lose(route: Any) -> None:
            lost.append(route.request.post_data)
            if len(lost) == 1:
                route.fetch()  # it arrives, and only the answer is lost
            route.abort()

        alone.page.route("**/vao", lose)
        alone.page.goto(links[0])
        until(alone.page, lambda: len(lost) > 1)
        alone.page.unroute("**/vao")
        alone.page.reload()
        alone.screen("joining")
        alone.page.fill("#link", links[0])
        alone.press("Tiếp tục")
        alone.screen("meeting")
        alone.errors.clear()  # Chromium notes every request that was lost
    assert len(set(lost)) == 1
