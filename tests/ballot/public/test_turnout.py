"""Turnout gives nothing away: whole tens of sealed batches, and nothing finer on any page before the close."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from ballot.public import turnout
from tests.ballot.crawl import answers
from tests.ballot.hall import Hall
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import FIRST, PLAN, cast, close, screen


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("small"), **PLAN)


@pytest.fixture
def hall(small: Prepared) -> Iterator[Hall]:
    hall = small.at("voting")
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def said(hall: Hall) -> str:
    found = turnout.turnout(hall.house, hall.uuid)
    assert found is not None
    return found.words


def test_what_is_said_is_late_and_in_tens(hall: Hall) -> None:
    """threats B12, B13: a number goes up long after whoever made it has left the booth."""
    told = []
    for begin, end in pairwise((0, 0, 9, 19, 20, 29, 30)):
        cast(hall, range(begin, end))
        told.append(said(hall))
    assert told == ["dưới 10", "dưới 10", "dưới 10", "ít nhất 10", "ít nhất 10", "ít nhất 20"]


def test_before_and_after_the_vote_there_is_no_turnout(at: Callable[[str], Hall], hall: Hall) -> None:
    ready = at("ready")
    assert turnout.turnout(ready.house, ready.uuid) is None
    assert turnout.collected(ready.house, ready.uuid) is None
    cast(hall, range(12))
    assert turnout.collected(hall.house, hall.uuid) is None
    close(hall)
    assert (turnout.turnout(hall.house, hall.uuid), turnout.collected(hall.house, hall.uuid)) == (None, 12)
    assert ">12<" in screen(hall)


def test_no_page_of_any_part_changes_while_nine_more_people_vote(hall: Hall) -> None:
    """threats B12, B13; terminal 5.19: whoever asks for whatever, between two batches nothing tells of a ballot."""
    cast(hall, range(20))
    before = answers(hall)
    cast(hall, range(20, 29))
    after = answers(hall)
    assert sorted(before) == sorted(after)
    assert {path for path in before if before[path] != after[path]} == set()
    shown = [path for path, text in before.items() if "ít nhất 10" in text]
    assert ("organiser", f"/dot/{hall.uuid}/") in shown
    assert any(who == "nobody" and path.startswith("/chieu/") for who, path in shown)


def test_the_page_says_why_the_number_is_round(hall: Hall) -> None:
    page = hall.person(FIRST).get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert "dưới 10" in page
    assert "làm tròn xuống hàng chục" in page
