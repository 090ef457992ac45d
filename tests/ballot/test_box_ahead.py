"""A round whose box is one phase ahead of the registry, as a process that dies between the two writes leaves it.

Here live pages and acts in that state. Never here: the dying itself (tests/survival/test_killed_acts.py).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ballot.box_round import round_of
from ballot.result import closing
from ballot.storage import writing
from ballot.written_record import written_root
from tests.ballot.crawl import faults
from tests.ballot.hall import Hall

Open = Callable[[str], Hall]
AHEAD = [("ready", "voting"), ("voting", "closed"), ("voting", "void"), ("closed", "tallied"), ("closed", "void")]


def ahead(hall: Hall, phase: str, box: str) -> Hall:
    """Bring the box one phase further than the registry knows."""
    if phase in ("voting", "closed"):
        assert {hall.cast(hall.body(number)).status_code for number in range(5)} == {201}
    if phase == "closed":
        hall.by_two(closing.close)
    with writing(hall.house.box) as session:
        round_of(session, hall.uuid).phase = box
    return hall


@pytest.mark.parametrize(("phase", "box"), AHEAD)
def test_every_page_can_be_shown_while_the_box_is_ahead(at: Open, phase: str, box: str) -> None:
    """threats E3, E7, I8: also for the moment between the two writes of an act that somebody else does."""
    hall = ahead(at("voting" if phase == "closed" else phase), phase, box)
    assert faults(hall) == {}


def test_a_close_that_was_cut_off_is_ended_from_the_page_of_the_round(at: Open) -> None:
    """threats E7"""
    hall, page = ahead(at("voting"), "voting", "closed"), "viec/dong"
    for login, status in (("to-chuc-1", 409), ("to-chuc-2", 302)):
        place = f"/dot/{hall.uuid}/"
        assert hall.person(login).form(f"{place}{page}", page=place).status_code == status
    assert written_root(hall.house, hall.uuid) != ""
