"""Whoever's account ended, or has another role now, is nobody's second person: what they asked for alone is forgotten.

Here live words that were left behind. Never here: an act that two persons did (committee/, desk/, planning/).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ballot.committee import conflicts, readiness
from ballot.identity import accounts
from ballot.identity.accounts import Details
from ballot.identity.login import create_account
from ballot.models.registry.planning import Draft
from ballot.models.registry.sites import SiteState
from ballot.storage import reading, writing
from tests.ballot.hall import PASSWORD, Hall

Open = Callable[[str], Hall]
FIRST, SECOND, THIRD, ADMIN = "to-chuc-1", "to-chuc-2", "to-chuc-3", "quan-tri"


def ended(hall: Hall) -> None:
    accounts.deactivate(hall.house, hall.actor(FIRST).account_id, hall.actor(ADMIN))


def another_role(hall: Hall) -> None:
    details = Details.checked(name="Người to-chuc-1", role="observer")
    accounts.change(hall.house, hall.actor(FIRST).account_id, details, hall.actor(ADMIN))


def renamed(hall: Hall) -> None:
    details = Details.checked(name="Tên Mới", role="organiser")
    accounts.change(hall.house, hall.actor(FIRST).account_id, details, hall.actor(ADMIN))


LEAVES = {"ended": ended, "another role": another_role}


def with_others(hall: Hall) -> Hall:
    for login, role in ((THIRD, "organiser"), (ADMIN, "administrator")):
        create_account(hall.house, 1, login=login, name=f"Người {login}", role=role, password=PASSWORD)
    return hall


@pytest.mark.parametrize("leaves", LEAVES)
def test_nobody_opens_the_box_with_the_word_of_an_account_that_may_ask_no_more(at: Open, leaves: str) -> None:
    """threats P2, E5"""
    hall = with_others(at("ready"))
    assert not readiness.open_voting(hall.house, hall.uuid, hall.actor(FIRST))
    LEAVES[leaves](hall)
    assert "Người to-chuc-1" not in hall.person(SECOND).get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert not readiness.open_voting(hall.house, hall.uuid, hall.actor(SECOND))
    assert hall.phase() == "ready"
    assert readiness.open_voting(hall.house, hall.uuid, hall.actor(THIRD))


def test_another_name_takes_back_nothing(at: Open) -> None:
    hall = with_others(at("ready"))
    assert not readiness.open_voting(hall.house, hall.uuid, hall.actor(FIRST))
    renamed(hall)
    assert readiness.open_voting(hall.house, hall.uuid, hall.actor(SECOND))


@pytest.mark.parametrize("leaves", LEAVES)
def test_an_exception_needs_two_who_may_still_ask(at: Open, leaves: str) -> None:
    """threats P4"""
    hall = with_others(at("issuing"))
    asked: dict[str, Any] = {"name": "Cán bộ số 1", "office": "member", "reason": "Hai người trùng họ tên."}
    assert not conflicts.override(hall.house, hall.uuid, **asked, actor=hall.actor(FIRST))
    LEAVES[leaves](hall)
    assert not conflicts.override(hall.house, hall.uuid, **asked, actor=hall.actor(SECOND))
    assert conflicts.override(hall.house, hall.uuid, **asked, actor=hall.actor(THIRD))


def test_a_site_that_one_gave_up_is_waited_for_and_a_plan_that_one_submitted_is_submitted_again(at: Open) -> None:
    hall = with_others(at("voting"))
    for login in (FIRST, SECOND):
        hall.person(login).form("/ke-hoach/moi", page="/tai-khoan/cua-toi/")
    with writing(hall.house.registry) as session:
        for draft in session.query(Draft):
            draft.proposed_by, draft.proposed = draft.edited_by, draft.content
        for site, state, second in (("A", "giving_up", ""), ("B", "given_up", SECOND), ("C", "all_in", "")):
            session.add(
                SiteState(round_id=1, site=site, state=state, first=FIRST, second=second, why="Mất đường truyền")
            )
    ended(hall)
    with reading(hall.house.registry) as session:
        assert {(d.edited_by, d.proposed_by, d.proposed is None, d.revision) for d in session.query(Draft)} == {
            (FIRST, "", True, 2), (SECOND, SECOND, False, 1),
        }  # fmt: skip
        assert sorted(state.site for state in session.query(SiteState)) == ["B", "C"]
