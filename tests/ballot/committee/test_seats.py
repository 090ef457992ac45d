"""Who sits in the committee: named by two organisers, let in by a link that serves once, known by the device."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from ballot.committee import invitations, readiness
from ballot.committee.seats import name_members
from ballot.life import annulling
from ballot.log import audit
from ballot.storage import reading
from keys.committee.errors import NoSuchSeat
from tally.protocol.committee import Member
from tally.protocol.errors import BadText, ConflictOfInterest, Mismatch, WrongShape
from tests.ballot.hall import Client, Hall
from tests.ballot.look import nothing_changes, refused, rows
from tests.ballot.members import PageMember, come_in, convened, entering, invite, named, names, run
from tests.builders import convene

Open = Callable[[str], Hall]


def name(hall: Hall, members: list[Member], login: str = "to-chuc-1") -> bool:
    return name_members(hall.house, hall.uuid, members, hall.actor(login))


def page_of(hall: Hall, browser: Client) -> str:
    return unescape(browser.get(f"/dot/{hall.uuid}/ban-kiem-phieu").get_data(as_text=True))


# --- names --------------------------------------------------------------------------------------------------------


def test_members_are_named_by_two_organisers_who_say_exactly_the_same(at: Open) -> None:
    hall = at("issuing")
    people = names(hall)
    assert not name(hall, people)
    assert not name(hall, people)
    assert not name(hall, [*people[:2], Member("Người khác", "")], "to-chuc-2")
    assert rows(hall.house.registry)["seat"] == []
    assert name(hall, people, "to-chuc-2")
    assert [row[2] for row in rows(hall.house.registry)["seat"]] == [member.name for member in people]
    acts = [row[3] for row in rows(hall.house.registry)["audit_entry"]]
    assert (acts.count("propose-name-members"), acts.count("name-members")) == (2, 3)
    with reading(hall.house.registry) as session:
        audit.check(session, 1)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda people: people[:2], WrongShape),
        (lambda people: [*people, Member("Thêm một người", "")], WrongShape),
        (lambda people: [people[0], people[1], people[0]], WrongShape),
        (lambda people: [*people[:2], Member("", "")], BadText),
        (lambda people: [*people[:2], Member("Nguyễn\u202eVăn", "")], BadText),
        (lambda people: [*people[:2], Member("x" * 201, "")], BadText),
        (lambda people: [*people[:2], Member("Cán bộ số 1", "")], ConflictOfInterest),
        (lambda people: [*people[:2], Member("CÁN  BỘ SỐ 1", "")], (ConflictOfInterest, BadText)),
    ],
)
def test_a_list_that_cannot_be_a_committee_is_refused(
    at: Open, change: Callable[..., list[Member]], error: type
) -> None:
    hall = at("issuing")
    with nothing_changes(hall.house.registry), pytest.raises(error):
        name(hall, change(names(hall)))


def test_a_form_names_members_and_the_second_organiser_confirms_with_one_button(at: Open) -> None:
    hall = at("issuing")
    path, page = f"/dot/{hall.uuid}/thanh-vien", f"/dot/{hall.uuid}/ban-kiem-phieu"
    first, second = hall.person("to-chuc-1"), hall.person("to-chuc-2")
    values = {"name": ["  Trần  Thị Bình ", "Lê Văn An", "Phạm Ngọc Hà"], "role": ["Trưởng ban", "", ""]}
    assert first.form(path, values, page=page).status_code == 302
    assert "cần người khác xác nhận" in page_of(hall, first)
    shown = page_of(hall, second)
    assert "<strong>Trần Thị Bình</strong> – Trưởng ban" in shown
    part = shown.partition("Xác nhận đúng danh sách này")[0].rpartition("<form")[2]
    again = {field: re.findall(rf'name="{field}" value="([^"]*)"', part) for field in ("name", "role")}
    assert second.form(path, again, page=page).status_code == 302
    assert "chưa mời" in page_of(hall, first)
    assert "Chưa gửi" not in first.get(f"/dot/{hall.uuid}/").get_data(as_text=True)


def test_another_list_moves_only_those_who_changed_and_the_ceremony_begins_anew(at: Open) -> None:
    hall, members = convened(at("issuing"))
    run(members)
    people = names(hall)
    changed = [people[0], replace(people[1], name="Người thay thế"), people[2]]
    for login in ("to-chuc-1", "to-chuc-2"):
        name(hall, changed, login)
    refused(members[1].answer("tinh-hinh", revision=-1), 403, "DEVICE_UNKNOWN")
    state = members[0].state()
    assert (state["attempt"], state["committee"], [m["joined"] for m in state["members"]]) == (
        2,
        False,
        [True, False, True],
    )
    members[1] = come_in(hall, 2)
    run(members)
    assert members[0].committee.members[1].name == "Người thay thế"


def test_members_are_not_named_once_the_key_is_admitted_nor_in_an_annulled_round(at: Open) -> None:
    hall = at("ready")
    with nothing_changes(hall.house.registry):
        answer = hall.person("to-chuc-1").form(
            f"/dot/{hall.uuid}/thanh-vien",
            {"name": ["a", "b", "c"], "role": ["", "", ""]},
            page=f"/dot/{hall.uuid}/ban-kiem-phieu",
        )
        refused(answer, 409, "WRONG_PHASE")


def test_a_committee_of_other_people_than_were_named_is_not_admitted_by_hand(at: Open) -> None:
    hall = named(at("frozen"))
    hall.board = convene(hall.manifest)
    committee, tests = hall.committee_files()
    actor = hall.actor("to-chuc-1")
    with nothing_changes(hall.house.registry, hall.house.box), pytest.raises(Mismatch):
        readiness.admit_committee(hall.house, hall.uuid, committee=committee, tests=tests, actor=actor)


# --- invitations --------------------------------------------------------------------------------------------------


def test_an_invitation_serves_once_and_only_hashes_are_kept(at: Open) -> None:
    hall = named(at("issuing"))
    links = invite(hall)
    assert len(set(links)) == 3
    assert all(link.startswith("http://127.0.0.3:8000/#vao=") for link in links)
    secret = links[0].partition("#vao=")[2]
    member = PageMember.come_in(hall.at_committee(), links[0])
    assert (member.uuid, member.number) == (hall.uuid, 1)
    stored = repr(rows(hall.house.registry))
    assert secret not in stored
    assert member.device not in stored
    with nothing_changes(hall.house.registry):
        for typed in (secret, "", "x" * 40, f"#vao={secret}"):
            asked = {"invitation": typed, "device": secrets.token_urlsafe(32)}
            refused(hall.at_committee().ask("/vao", asked), 403, "INVITATION_REFUSED")


def test_a_page_whose_answer_was_lost_gets_the_same_again_and_nobody_else_does(at: Open) -> None:
    hall = named(at("issuing"))
    links = invite(hall)
    asked = entering(links[0])
    answers = [hall.at_committee().ask("/vao", asked)]
    with nothing_changes(hall.house.registry):
        answers.append(hall.at_committee().ask("/vao", asked))
        answers.append(hall.at_committee().ask("/vao", entering(links[1], asked["device"])))  # uses up no other link
        refused(hall.at_committee().ask("/vao", entering(links[0])), 403, "INVITATION_REFUSED")
    assert [answer.get_json() for answer in answers] == 3 * [{"uuid": hall.uuid, "number": 1}]
    assert PageMember.come_in(hall.at_committee(), links[1]).number == 2
    invite(hall, 1)
    with nothing_changes(hall.house.registry):
        refused(hall.at_committee().ask("/vao", asked), 403, "INVITATION_REFUSED")


@pytest.mark.parametrize("token", ["", "A" * 42, "A" * 44, "A" * 42 + "B", "A" * 42 + "=", "+" * 43, "A" * 43 + "\n"])
def test_a_device_is_named_by_32_bytes_in_one_spelling(at: Open, token: str) -> None:
    hall = named(at("issuing"))
    [link, *_] = invite(hall)
    with nothing_changes(hall.house.registry):
        refused(hall.at_committee().ask("/vao", {**entering(link), "device": token}), 400, "WRONG_SHAPE")


def test_everybody_may_be_invited_anew_until_they_come_in(at: Open) -> None:
    hall = named(at("issuing"))
    first, second = invite(hall), invite(hall)
    for link in first:
        refused(hall.at_committee().ask("/vao", entering(link)), 403, "INVITATION_REFUSED")
    PageMember.come_in(hall.at_committee(), second[0])
    assert len(invite(hall)) == 2


def test_whoever_used_anothers_invitation_is_seen_and_put_out_by_a_new_one(at: Open) -> None:
    hall = named(at("issuing"))
    thief = PageMember.come_in(hall.at_committee(), invite(hall)[1])
    assert "đã vào" in page_of(hall, hall.person("to-chuc-2"))
    thief.step()
    member = come_in(hall, 2)
    refused(thief.answer("tinh-hinh", revision=-1), 403, "DEVICE_UNKNOWN")
    state = member.state()
    assert (state["attempt"], state["messages"]["certificate"]) == (2, {})


def test_a_lost_device_is_replaced_after_the_key_exists_without_another_ceremony(at: Open) -> None:
    hall, members = convened(at("issuing"))
    run(members)
    lost = members[1]
    found = come_in(hall, 2)
    state = found.state()
    assert (state["attempt"], state["committee"]) == (1, True)
    found.memory, found.attempt = lost.memory, 1
    assert found.step() == ""
    refused(lost.answer("gui", attempt=1, kind="nonce", message="0" * 64), 403, "DEVICE_UNKNOWN")


def test_only_a_number_of_the_committee_is_invited(at: Open) -> None:
    hall = named(at("issuing"))
    with nothing_changes(hall.house.registry), pytest.raises(NoSuchSeat):
        invitations.invite(hall.house, hall.uuid, hall.actor("to-chuc-1"), number=4)


def test_the_printed_page_shows_each_link_as_a_code_and_as_text_and_keeps_none(at: Open) -> None:
    hall = named(at("issuing"))
    browser, page = hall.person("to-chuc-1"), f"/dot/{hall.uuid}/ban-kiem-phieu"
    shown = browser.form(f"/dot/{hall.uuid}/loi-moi", {}, page=page)
    text = unescape(shown.get_data(as_text=True))
    links = re.findall(r"http://127\.0\.0\.3:8000/#vao=[\w-]{43}", text)
    assert (len(links), text.count('src="data:image/svg+xml')) == (3, 3)
    assert "img-src 'self' data:" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Cache-Control"] == "no-store"
    assert PageMember.come_in(hall.at_committee(), links[2]).number == 3
    alone = unescape(browser.form(f"/dot/{hall.uuid}/loi-moi", {"number": "3"}, page=page).get_data(as_text=True))
    assert len(re.findall(r"#vao=", alone)) == 1
    assert all(link not in page_of(hall, browser) for link in links)


def test_a_device_of_one_round_opens_no_other_and_nothing_opens_an_annulled_one(at: Open) -> None:
    hall, members = convened(at("issuing"))
    links = invite(hall, 2)
    path = "/dot/khong-co-dot-nay/tinh-hinh"
    refused(hall.at_committee().ask(path, {"device": members[0].device, "revision": -1}), 404, "NO_SUCH_ROUND")
    other = Hall(hall.house)
    other.draft()
    other.issuing()
    with nothing_changes(hall.house.registry):
        for member in members:
            stranger = replace(member, uuid=other.uuid)
            refused(stranger.answer("tinh-hinh", revision=-1), 403, "DEVICE_UNKNOWN")
            refused(stranger.answer("gui", attempt=1, kind="nonce", message="0" * 64), 403, "DEVICE_UNKNOWN")
    hall.by_two(lambda house, uuid, actor: annulling.annul(house, uuid, "mất điện", actor))
    with nothing_changes(hall.house.registry):
        refused(hall.at_committee().ask("/vao", entering(links[0])), 409, "WRONG_PHASE")
        refused(members[0].answer("gui", attempt=1, kind="certificate", message={}), 409, "WRONG_PHASE")
    assert members[0].state()["phase"] == "void"
