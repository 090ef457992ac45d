"""A restricted result: not on the public board nor in what a stranger gets, but for accounts that may see it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator

import pytest

from ballot import board, organisations
from ballot.login import create_account
from tests.ballot.crawl import answers
from tests.ballot.hall import PASSWORD, Client, Hall
from tests.ballot.look import nothing_changes, refused
from tests.ballot.members import PageMember, admit, convened, run
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import DESK, FIRST, PLAN, cast, certify, close, set_column, tally
from tests.ballot.test_issuing import do

NUMBERS = re.compile(r">[0-9,]+%<|\"counts\":\[[0-9]|\"percent\":\[|class=\"result\"|<dt>Thu về")


@pytest.fixture(scope="module")
def seated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hall, list[PageMember]]]:
    """A restricted round that was counted, with the pages of its committee."""
    hall = Prepared(tmp_path_factory.mktemp("small"), **PLAN).at("draft")
    set_column(hall, "disclosure", "restricted")
    hall.issuing()
    assert hall.manifest.policy.disclosure == "restricted"
    hall.frozen()
    _hall, members = convened(hall)
    run(members)
    admit(hall)
    hall.voting()
    cast(hall, range(6))
    close(hall)
    # before the tally the record holds nothing but ciphertexts, and the committee works with it
    assert hall.booth().get(f"/dot/{hall.uuid}/ho-so.zip").status_code == 200
    for member in members[:2]:
        member.ask("giai-ma", part=json.loads(member.part().encode()))
    assert do(hall.person(FIRST), hall, "kiem-phieu").status_code == 302
    people = {"quan-sat": "observer", "ben-cap": "issuer", "doc-gia": "reader", "quan-tri": "administrator"}
    for login, role in people.items():
        create_account(hall.house, 1, login=login, name=f"Người {login}", role=role, password=PASSWORD)
    yield hall, members
    hall.house.registry.dispose()
    hall.house.box.dispose()


@pytest.fixture(scope="module")
def restricted(seated: tuple[Hall, list[PageMember]]) -> Hall:
    return seated[0]


def board_paths(hall: Hall) -> list[str]:
    names = board.find(hall.house, hall.uuid, inside=True).report
    assert names
    return [f"/dot/{hall.uuid}/ho-so.zip", *(f"/dot/{hall.uuid}/bao-cao/{name}" for name in names)]


def test_the_public_board_shows_no_result_and_hands_nothing_out(restricted: Hall) -> None:
    booth = restricted.booth()
    for path in board_paths(restricted):
        refused(booth.get(path), 403, "RESULT_RESTRICTED")
    for path in ("/", f"/dot/{restricted.uuid}/"):
        page = booth.get(path).get_data(as_text=True)
        assert not NUMBERS.search(page)
        assert "theo thẩm quyền" in page
        assert "ho-so.zip" not in page
    assert "mã theo dõi vẫn tra cứu được" in booth.get(f"/dot/{restricted.uuid}/").get_data(as_text=True)
    assert booth.get(f"/dot/{restricted.uuid}/tra-cuu").status_code == 200


def test_nothing_that_needs_no_account_tells_the_result(restricted: Hall) -> None:
    strangers = {place: text for place, text in answers(restricted).items() if place[0] not in ("organiser", "desk")}
    assert len(strangers) > 10
    assert [place for place, text in strangers.items() if NUMBERS.search(text)] == []


def test_it_stays_so_once_it_is_certified(restricted: Hall) -> None:
    certify(restricted)
    for path in board_paths(restricted):
        refused(restricted.booth().get(path), 403, "RESULT_RESTRICTED")


def test_organisers_and_observers_see_and_download_what_the_board_does_not_show(restricted: Hall) -> None:
    path = f"/dot/{restricted.uuid}/ket-qua"
    for login in (FIRST, "quan-sat"):
        browser = restricted.person(login)
        page = browser.get(path).get_data(as_text=True)
        assert 'class="result"' in page
        assert "100%" in page
        links = re.findall(rf'(?:href|src)="({path}/[^"]+)"', page)
        assert len(links) >= 3
        for link in links:
            assert browser.get(link).status_code == 200
        raw = browser.get(f"{path}/ho-so.zip").get_data()
        assert any(name.endswith("result.json") for name in zipfile.ZipFile(io.BytesIO(raw)).namelist())
        assert browser.get(f"{path}/..%2f..%2fregistry.db").status_code == 404
        assert browser.get(f"{path}/result.json").status_code == 404


@pytest.mark.parametrize("login", [DESK, "ben-cap", "doc-gia", "quan-tri"])
def test_other_roles_do_not(restricted: Hall, login: str) -> None:
    browser = restricted.person(login)
    for path in ("ket-qua", "ket-qua/ho-so.zip", "ket-qua/ket-qua.pdf"):
        assert browser.get(f"/dot/{restricted.uuid}/{path}").status_code == 403


def test_another_organisation_finds_no_such_round(restricted: Hall) -> None:
    """threats H5"""
    other = organisations.found(restricted.house, "Đơn vị khác")
    for login, role in (("to-chuc-la", "organiser"), ("quan-sat-la", "observer")):
        create_account(restricted.house, other, login=login, name=f"Người {login}", role=role, password=PASSWORD)
        browser = restricted.person(login)
        for path in ("ket-qua", "ket-qua/ho-so.zip", "ket-qua/ket-qua.pdf"):
            assert browser.get(f"/dot/{restricted.uuid}/{path}").status_code == 404


def record(browser: Client, hall: Hall, **headers: str):
    return browser.get(f"/dot/{hall.uuid}/ho-so/{hall.uuid}.bel", headers=headers)


def test_only_a_members_own_page_gets_the_record_after_the_count(seated: tuple[Hall, list[PageMember]]) -> None:
    restricted, members = seated
    for member in members:
        answer = record(restricted.at_committee(), restricted, Authorization=f"Bearer {member.device}")
        assert (answer.status_code, b"partial" in answer.get_data().lower()) == (200, True)
    with nothing_changes(restricted.house.registry):
        for sent in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}):
            refused(record(restricted.at_committee(), restricted, **sent), 403, "RESULT_RESTRICTED")


def test_a_public_round_is_handed_out_as_ever(tmp_path_factory: pytest.TempPathFactory) -> None:
    hall = Prepared(tmp_path_factory.mktemp("public"), **PLAN).at("voting")
    cast(hall, range(6))
    close(hall)
    tally(hall)
    assert hall.booth().get(f"/dot/{hall.uuid}/ho-so.zip").status_code == 200
    assert 'class="result"' in hall.booth().get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert record(hall.at_committee(), hall).status_code == 200
