"""The page of a committee's member in real browsers: a ceremony full of mishaps, and every screen.

Here live the days of several members. Never here: a fake of the server, of a member's tool, or of a browser.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.ballot.hall import Hall
from tests.ballot.members import invite, named
from tests.browser import real_hall
from tests.browser.committee_hall import (
    begin_again,
    open_box,
    opened_by_all_subsets,
    parts_from,
    vote_and_close,
)
from tests.browser.committee_steps import Seated, Seats, finish
from tests.browser.committee_tour import tour
from tests.browser.waiting import until
from tests.builders import COUNTS

LIMIT_SECONDS = 300
PAUSES = {"reading": 20, "writing the passphrase down": 30, "typing it, twice": 40, "six words": 20, "saving": 30}
"""What a person of seventy is assumed to need beside the machine, in seconds; not measured."""


# --- five members, one of whom reloads, one leaves, one sends rubbish -----------------------------------------------


@dataclass
class Day:
    """What was seen on the day of the mishaps."""

    waited: str = ""
    anew: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    words: list[list[str]] = field(default_factory=list)


def leave_and_replace(hall: Hall, members: list[Seated], links: list[str], seats: Seats) -> list[Seated]:
    """Member 2 reloads, member 4 leaves for good before revealing, and a sixth browser takes the seat that is left."""
    *early, last = members
    for member, link in zip(early, links, strict=False):
        member.take_seat(link)
    for member in early:
        member.screen("waiting")
    members[1].reload()
    members[1].screen("waiting")
    members[3].close()
    last.take_seat(links[4])
    last.said("Đang chờ: số 4")
    (link,) = invite(hall, 4)
    sixth = seats(4)
    sixth.take_seat(link)
    return [*members[:3], sixth, last]


def swap_shares(member: Seated) -> None:
    """Let this browser send members 1 and 2 the shares that were sealed for each other."""

    def altered(route: Any) -> None:
        body = json.loads(route.request.post_data)
        if body["kind"] == "reveal":
            first, second, *rest = body["message"]["shares"]
            body["message"]["shares"] = [second, first, *rest]
        route.continue_(post_data=json.dumps(body, ensure_ascii=False, separators=(",", ":")))

    member.page.route("**/gui", altered)


def test_a_ceremony_with_a_reload_a_leaver_and_a_liar_ends_with_a_working_key(
    dist: Path, tmp_path: Path, seats: Seats
) -> None:
    with real_hall.served(tmp_path / "house", committee_size=5, threshold=3) as hall:
        day, links = Day(), invite(named(hall))
        members = [seats(number) for number in range(1, 6)]
        swap_shares(members[4])
        members = leave_and_replace(hall, members, links, seats)
        for member in members:
            member.screen("ended")
            day.ended.append(member.page.locator(".ended .lead").inner_text())
        members[0].picture("09-ended")
        members[4].page.unroute("**/gui")
        begin_again(hall)
        for member in members:
            day.words.append(member.read_words())
            day.anew.append(member.page.locator(".why").inner_text())
        members[1].reload()
        assert members[1].read_words() == day.words[1]
        finish(members)
        open_box(hall)
        root = vote_and_close(hall)
        files = {member.file(1): member.paper for member in members}
        evidence, parts = parts_from(files, hall, root)
        found = opened_by_all_subsets(evidence, parts, 3)
    (ended,) = set(day.ended)
    assert ended.startswith("Thông điệp của số 5 (Ủy viên kiểm phiếu 5) không đúng, do thành viên số ")
    assert {why.partition(ended)[0] for why in day.anew} == {"Đây là lần làm lại. Lý do: "}
    assert (len(set(map(tuple, day.words))), len(day.words[0])) == (1, 6)
    assert found == [COUNTS] * 10


@pytest.mark.bench
def test_five_members_without_training_need_less_than_five_minutes(dist: Path, tmp_path: Path, seats: Seats) -> None:
    with real_hall.served(tmp_path / "house", committee_size=5, threshold=3) as hall:
        links = invite(named(hall))
        members = [seats(number) for number in range(1, 6)]
        begun = time.monotonic()
        for member, link in zip(members, links, strict=True):
            member.take_seat(link)
        assert len({tuple(member.read_words()) for member in members}) == 1
        finish(members)
        machine = time.monotonic() - begun
    total = machine + sum(PAUSES.values())
    pauses = ", ".join(f"{name} {seconds} s" for name, seconds in PAUSES.items())
    print(f"\nfive members: machines {machine:.0f} s, people {sum(PAUSES.values())} s ({pauses}), {total:.0f} s in all")
    assert total < LIMIT_SECONDS


def test_words_that_differ_end_the_attempt_for_everybody_and_publish_no_key(
    dist: Path, tmp_path: Path, seats: Seats
) -> None:
    with real_hall.served(tmp_path / "house", committee_size=2, threshold=2) as hall:
        members = [seats(number) for number in (1, 2)]
        for member, link in zip(members, invite(named(hall)), strict=True):
            member.take_seat(link)
        first, second = members
        old = first.read_words()
        second.read_words()
        second.press("Có máy khác")
        second.press("Không, quay lại")
        second.press("Có máy khác")
        second.press("Đúng, có máy khác")
        for member in members:
            member.said("Thành viên số 2 (Ủy viên kiểm phiếu 2) thấy sáu từ trên máy mình khác các máy kia.")
        begin_again(hall)
        until(first.page, lambda: first.page.locator(".why").count())
        assert (first.read_words() == second.read_words(), first.read_words() == old) == (True, False)
    assert not any('"kind":"key"' in body for member in members for _url, body in member.sent)


SCREENS = 22


# --- every screen ---------------------------------------------------------------------------------------------------


@pytest.mark.campaign
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_screen_can_be_read_on_a_laptop_and_on_a_telephone(
    dist: Path, tmp_path: Path, seats: Seats, lang: str
) -> None:
    with real_hall.served(tmp_path / "house", committee_size=2, threshold=2, rehearsal=True) as hall:
        assert tour(hall, seats(1), seats(2), lang) == SCREENS
