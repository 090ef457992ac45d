"""Sites (điểm cầu): counters that agree with every other sum, and a close that waits for each of them (threats E8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from ballot.acts import find_round
from ballot.desk import checkin, sites
from ballot.desk.site_counts import Custody, custody
from ballot.desk.sites import SitesWaiting
from ballot.identity import organisations
from ballot.identity.login import create_account
from ballot.models.registry.acts import AuditEntry
from ballot.result import closing
from ballot.slips import counts, orders
from ballot.storage import reading
from tally.protocol.errors import BadText, WrongCount, WrongShape
from tally.protocol.phase import WrongPhase
from tests.ballot.asking import do
from tests.ballot.hall import PASSWORD, Client, Hall
from tests.ballot.look import nothing_changes, refused, stored
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import COUNT, DESK, FIRST, PLAN, SECOND, SITES, cast

Open = Callable[[str], Hall]
WHY = "Mất đường truyền, xe chở phiếu không đến"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("small"), **PLAN)


@pytest.fixture
def sited(small: Prepared) -> Iterator[Open]:
    halls: list[Hall] = []

    def open_at(phase: str) -> Hall:
        halls.append(small.at(phase))
        return halls[-1]

    yield open_at
    for hall in halls:
        hall.house.registry.dispose()
        hall.house.box.dispose()


def count(hall: Hall) -> Custody:
    with reading(hall.house.registry) as session:
        return custody(session, find_round(session, hall.uuid))


def said(hall: Hall) -> list[tuple[str, str, str, str]]:
    with reading(hall.house.registry) as session:
        return [(s.site, s.state, s.first, s.second) for s in sites.said(session, find_round(session, hall.uuid))]


def log(hall: Hall) -> list[tuple[str, str, str]]:
    with reading(hall.house.registry) as session:
        return [(entry.actor, entry.act, entry.subject) for entry in session.scalars(select(AuditEntry))]


def page(hall: Hall, login: str = FIRST) -> str:
    return hall.person(login).get(f"/dot/{hall.uuid}/diem-cau").get_data(as_text=True)


def tell(browser: Client, hall: Hall, act: str, site: str = SITES[1], **more: str):
    return browser.form(f"/dot/{hall.uuid}/diem-cau/{act}", {"site": site, **more}, page=f"/dot/{hall.uuid}/")


# --- custody ------------------------------------------------------------------------------------------------------


def test_every_counter_by_site_adds_up_to_what_other_pages_show(sited: Open) -> None:
    hall = sited("issuing")
    hall.envelopes(4)
    slips = [hall.slip(voter_id) for voter_id in hall.voters()[:10]]  # sites in turn: 4, 3, 3
    hall.replacement(hall.voters()[1], slips[1])
    hall.check_in(hall.voters()[10])  # ordered, not printed
    checkin.check_in(hall.house, hall.uuid, hall.voters()[11], hall.actor(DESK), order=False)
    found, elsewhere = count(hall), counts.handed_out(hall.house, hall.uuid)
    by_name = {line.site: line for line in found.sites}
    assert list(by_name) == [SITES[1], SITES[2], SITES[0]]  # alphabetical: Cần Giờ, Thủ Đức, Hội trường
    lines = [by_name[site] for site in SITES]
    assert [(s.summoned, s.present) for s in lines] == [(12, 4)] * 3
    assert [(s.first, s.replaced) for s in lines] == [(4, 0), (3, 1), (3, 0)]
    assert [(s.open, s.without) for s in lines] == [(0, 0), (1, 0), (0, 1)]
    assert (found.printed, found.open) == (elsewhere.slips.printed, elsewhere.slips.open) == (15, 1)
    assert (found.envelopes, elsewhere.spoiled) == (elsewhere.slips.envelopes, found.total("replaced")) == (4, 1)
    told = hall.person(DESK).get(f"/dot/{hall.uuid}/co-mat.json").get_json()
    assert (found.total("present"), found.total("summoned")) == (told["present"], told["summoned"]) == (12, COUNT)


def test_the_page_shows_the_lines_their_sum_and_the_whole(sited: Open) -> None:
    hall = sited("voting")
    text = page(hall)
    for name in ("summoned", "present", "first", "printed"):
        numbers = [int(n) for n in re.findall(rf'data-count="{name}">(\d+)<', text)]
        assert numbers == [12, 12, 12]
        assert re.findall(rf'data-(?:sum|whole)="{name}">(\d+)<', text) == [str(COUNT)] * 2
    assert f"cộng các điểm có {COUNT} người" in text


# threats D7
def test_no_number_of_a_site_depends_on_who_voted(sited: Open) -> None:
    """The box knows no site: nothing of it, and nothing on the page of the sites, changes by a ballot (threats B22)."""
    hall = sited("voting")
    before = page(hall)
    cast(hall, range(7))
    assert re.sub(r'value="[^"]{40,}"', "", page(hall)) == re.sub(r'value="[^"]{40,}"', "", before)
    raw = stored(hall.house.box)
    assert raw
    assert [site for site in SITES if site.encode() in raw] == []


def test_envelopes_are_counted_out_and_back(sited: Open) -> None:
    hall = sited("issuing")
    orders.order_envelopes(hall.house, hall.uuid, 6, hall.actor(FIRST))
    browser = hall.person(FIRST)
    assert tell(browser, hall, "phong-bi", SITES[1], sent="4", back="1").status_code == 302
    assert tell(browser, hall, "phong-bi", SITES[2], sent="2", back="0").status_code == 302
    assert [(s.site, s.sent, s.back) for s in count(hall).sites if s.sent] == [(SITES[1], 4, 1), (SITES[2], 2, 0)]
    assert (FIRST, "site-envelopes", f"{hall.uuid} {SITES[1]} 4 sent, 1 back") in log(hall)
    with nothing_changes(hall.house.registry):
        for sent, back, error in ((5, 0, WrongCount), (3, 4, WrongCount)):
            with pytest.raises(error):
                sites.count_envelopes(hall.house, hall.uuid, SITES[1], sent=sent, back=back, actor=hall.actor(FIRST))
        for wrong in ("-1", "1.5", "x", "", "１"):
            refused(tell(browser, hall, "phong-bi", sent=wrong, back="0"), 400, "WRONG_SHAPE")
        refused(tell(hall.person(DESK), hall, "phong-bi", sent="1", back="0"), 403, "HTTP_403")


# --- closing ------------------------------------------------------------------------------------------------------


def test_the_box_is_not_closed_while_a_site_is_waited_for(sited: Open) -> None:
    """threats E8"""
    hall = sited("voting")
    cast(hall, range(6))
    browser = hall.person(FIRST)
    for waiting in (SITES, SITES[1:], SITES[2:]):
        answer = do(browser, hall, "dong")
        refused(answer, 409, "SITES_WAITING")
        assert [site in answer.get_data(as_text=True) for site in SITES] == [site in waiting for site in SITES]
        assert 'viec/dong"' not in browser.get(f"/dot/{hall.uuid}/").get_data(as_text=True)
        assert tell(hall.person(DESK), hall, "du", waiting[0]).status_code == 302
    assert 'viec/dong"' in browser.get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert hall.by_two(closing.close)
    assert hall.phase() == "closed"
    assert sum(act == "site-all-in" for _actor, act, _subject in log(hall)) == len(SITES)


def test_a_site_is_given_up_by_two_for_one_reason_and_the_slips_issued_there_are_shown(sited: Open) -> None:
    """threats E8"""
    hall = sited("voting")
    first, second = hall.person(FIRST), hall.person(SECOND)
    for site in (SITES[0], SITES[2]):
        assert tell(first, hall, "du", site).status_code == 302
    for _ in range(2):
        refused(tell(first, hall, "bo", why=WHY), 409, "SECOND_PERSON_NEEDED")
    refused(do(first, hall, "dong"), 409, "SITES_WAITING")
    assert "Xác nhận bỏ điểm này" not in page(hall)
    text = page(hall, SECOND)
    assert "Xác nhận bỏ điểm này" in text
    assert f"{FIRST} đề nghị bỏ" in text
    assert "đã phát 12 thẻ" in text
    assert WHY in text
    refused(tell(second, hall, "bo", why="một lý do khác hẳn"), 409, "SECOND_PERSON_NEEDED")  # another proposal
    refused(tell(first, hall, "bo", why=WHY), 409, "SECOND_PERSON_NEEDED")
    assert tell(second, hall, "bo", why=WHY).status_code == 302
    assert (SITES[1], "given_up", FIRST, SECOND) in said(hall)
    assert (SECOND, "site-given-up", f"{hall.uuid} {SITES[1]} 12 slips") in log(hall)
    assert (FIRST, "site-give-up-reason", f"{hall.uuid} {WHY}") in log(hall)
    assert hall.by_two(closing.close)


def test_what_was_said_of_a_site_can_be_taken_back_until_the_close(sited: Open) -> None:
    hall = sited("voting")
    first = hall.person(FIRST)
    assert tell(hall.person(DESK), hall, "du").status_code == 302
    refused(tell(hall.person(DESK), hall, "cho"), 403, "HTTP_403")
    assert tell(first, hall, "cho").status_code == 302
    assert (SITES[1], "", "", "") in said(hall)
    refused(tell(first, hall, "bo", why=WHY), 409, "SECOND_PERSON_NEEDED")
    assert tell(first, hall, "du").status_code == 302  # the line came back
    assert (SITES[1], "all_in", FIRST, "") in said(hall)


def test_what_is_no_site_no_reason_or_not_due_is_refused(sited: Open) -> None:
    hall, early = sited("voting"), sited("ready")
    actor = hall.actor(FIRST)
    with nothing_changes(hall.house.registry, early.house.registry):
        for site in ("", "Điểm lạ", SITES[1] + " ", "<b>"):
            with pytest.raises(WrongShape):
                sites.report_all_in(hall.house, hall.uuid, site, actor)
        for why, error in (("ngắn", WrongShape), ("", BadText), ("x" * 301, BadText), ("mười ký tự\u202e", BadText)):
            with pytest.raises(error):
                sites.give_up(hall.house, hall.uuid, SITES[1], why, actor)
        refused(tell(hall.person(FIRST), hall, "mo"), 400, "WRONG_SHAPE")
        refused(tell(hall.person(DESK), hall, "bo", why=WHY), 403, "HTTP_403")
        for act in (
            lambda: sites.report_all_in(early.house, early.uuid, SITES[1], actor),
            lambda: sites.give_up(early.house, early.uuid, SITES[1], WHY, actor),
            lambda: sites.wait_again(early.house, early.uuid, SITES[1], actor),
        ):
            with pytest.raises(WrongPhase):
                act()


def test_a_round_in_one_hall_waits_for_no_site(at: Open) -> None:
    hall = at("voting")
    cast(hall, range(5))
    assert "Thu phiếu từng điểm" not in page(hall)
    assert hall.by_two(closing.close)


def test_sites_of_another_organisation_are_out_of_reach(sited: Open) -> None:
    """threats H5"""
    hall = sited("voting")
    other = organisations.found(hall.house, "Đơn vị khác")
    create_account(hall.house, other, login="nguoi-la", name="Người lạ", role="organiser", password=PASSWORD)
    stranger = hall.person("nguoi-la")
    with nothing_changes(hall.house.registry):
        assert stranger.get(f"/dot/{hall.uuid}/diem-cau").status_code == 404
        for act in ("du", "cho", "bo", "phong-bi"):
            values = {"site": SITES[1], "why": WHY, "sent": "0", "back": "0"}
            assert stranger.form(f"/dot/{hall.uuid}/diem-cau/{act}", values, page="/").status_code == 404


def test_a_close_is_not_even_proposed_while_a_site_is_waited_for(sited: Open) -> None:
    """threats E8"""
    hall = sited("voting")
    with pytest.raises(SitesWaiting):
        closing.close(hall.house, hall.uuid, hall.actor(FIRST))
    assert hall.phase() == "voting"


def test_one_clerk_does_not_write_over_what_two_persons_said(sited: Open) -> None:
    hall = sited("voting")
    for login in (FIRST, SECOND):
        sites.give_up(hall.house, hall.uuid, SITES[1], WHY, hall.actor(login))
    with nothing_changes(hall.house.registry), pytest.raises(sites.SiteGivenUp):
        sites.report_all_in(hall.house, hall.uuid, SITES[1], hall.actor(DESK))
    sites.wait_again(hall.house, hall.uuid, SITES[1], hall.actor(FIRST))
    sites.report_all_in(hall.house, hall.uuid, SITES[1], hall.actor(DESK))
