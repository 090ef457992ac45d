"""Who sees which result when: the table itself, a restricted result, one that waits for signatures, a public one."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator

import pytest

from ballot.identity import organisations
from ballot.identity.login import create_account
from ballot.life import rounds
from ballot.public import board
from ballot.public.disclosure import Sees, Viewer, sees
from ballot.public.paper_names import PUBLIC, may_have
from tally.protocol.errors import WrongShape
from tests.ballot.asking import do
from tests.ballot.crawl import answers, paths
from tests.ballot.hall import FORM, OFFICIALS, PASSWORD, ROLL, Client, Hall, plan
from tests.ballot.look import nothing_changes, refused
from tests.ballot.members import PageMember, admit, convened, run
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import DESK, FIRST, PLAN, cast, certify, close, column, set_column, tally

PEOPLE = {"quan-sat": "observer", "ben-cap": "issuer", "doc-gia": "reader", "quan-tri": "administrator"}
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
    for login, role in PEOPLE.items():
        create_account(hall.house, 1, login=login, name=f"Người {login}", role=role, password=PASSWORD)
    yield hall, members
    hall.house.registry.dispose()
    hall.house.box.dispose()


@pytest.fixture(scope="module")
def restricted(seated: tuple[Hall, list[PageMember]]) -> Hall:
    return seated[0]


def board_paths(hall: Hall) -> list[str]:
    names = board.find(hall.house, hall.uuid, Viewer.ORGANISER).report
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


INSIDERS = ("organiser", "observer")


def test_a_result_leaves_no_trace_on_the_pages_of_any_other_role(restricted: Hall) -> None:
    """Every page that every account can open, the reader's who manages nobody here too."""
    found: dict[str, list[str]] = {}
    for role, login in {"desk": DESK, **{role: login for login, role in PEOPLE.items()}, "organiser": FIRST}.items():
        browser = restricted.person(login)
        pages = {path: browser.get(path) for path in paths(restricted, restricted.registry)}
        open_to = {path: a.get_data().decode("utf-8", "replace") for path, a in pages.items() if a.status_code == 200}
        assert len(open_to) > 3, role
        found[role] = [path for path, text in open_to.items() if NUMBERS.search(text)]
    shown = {role for role, where in found.items() if where}
    assert shown == set(INSIDERS), found


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


# --- a public result ----------------------------------------------------------------------------------------------


def test_a_public_result_is_public_once_it_is_certified_and_not_before(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    hall = Prepared(tmp_path_factory.mktemp("public"), **PLAN).at("voting")
    cast(hall, range(6))
    close(hall)
    tally(hall)
    for path in board_paths(hall):
        refused(hall.booth().get(path), 403, "RESULT_NOT_CERTIFIED")
    for path in ("/", f"/dot/{hall.uuid}/"):
        page = hall.booth().get(path).get_data(as_text=True)
        assert not NUMBERS.search(page)
        assert "ký xác nhận" in page
    refused(record(hall.at_committee(), hall), 403, "RESULT_NOT_CERTIFIED")
    assert 'class="result"' in hall.person(FIRST).get(f"/dot/{hall.uuid}/ket-qua").get_data(as_text=True)
    certify(hall)
    assert hall.booth().get(f"/dot/{hall.uuid}/ho-so.zip").status_code == 200
    assert 'class="result"' in hall.booth().get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert record(hall.at_committee(), hall).status_code == 200


# --- the table ----------------------------------------------------------------------------------------------------

SEEN = {
    # viewer:      counted,        public,         restricted
    "ORGANISER": (Sees.PAPERS, Sees.PAPERS, Sees.PAPERS),
    "OBSERVER": (Sees.RESULT, Sees.RESULT, Sees.RESULT),
    "MEMBER": (Sees.RESULT, Sees.RESULT, Sees.RESULT),
    "READER": (Sees.NOTHING, Sees.CHOSEN, Sees.CHOSEN),
    "SCREEN": (Sees.NOTHING, Sees.CHOSEN, Sees.NOTHING),
    "BOARD": (Sees.NOTHING, Sees.RESULT, Sees.NOTHING),
    "DESK": (Sees.NOTHING, Sees.NOTHING, Sees.NOTHING),
}


@pytest.mark.parametrize("viewer", Viewer)
def test_each_viewer_sees_what_the_table_says(viewer: Viewer) -> None:
    counted, public, restricted = SEEN[viewer.name]
    for policy, final in (("public", public), ("restricted", restricted), ("secret", restricted), ("", restricted)):
        real = {"disclosure": policy, "rehearsal": False}
        assert sees(viewer, phase="tallied", **real) is counted
        assert sees(viewer, phase="certified", **real) is final
        assert sees(viewer, phase="tallied", disclosure=policy, rehearsal=True) is final
        for phase in ("draft", "issuing", "ready", "voting", "closed", "void"):
            assert sees(viewer, phase=phase, **real) is Sees.NOTHING


def test_files_with_people_of_the_roll_or_sheets_of_persons_are_the_organisers_alone() -> None:
    public = ("ket-qua.pdf", "bieu-do-1.svg", "bieu-do-12.png", "luot-phieu.svg")
    numbers = ("bao-cao-ket-qua.pdf", "ket-qua.xlsx", "ket-qua.csv", "ket-qua.json")
    inside = (
        "bien-ban-kiem-phieu.pdf",
        "phieu-ca-nhan-01.pdf",
        "danh-sach-theo-doi.pdf",
        "bang-cap-the.pdf",
        "bien-ban-kiem-phieu.docx",
    )
    never = (
        "minutes.json",
        "signer-1.json",
        "result.json",
        "../result.json",
        "ket-qua.pdf/",
        "a.pdf",
        "",
        "ket-qua.pdf\n",
    )
    for name in public + numbers + inside + never:
        known = [bool(PUBLIC.match(name)), may_have(name, Sees.RESULT), may_have(name, Sees.PAPERS)]
        assert known == [name in public, name in public + numbers, name not in never], name
        assert not may_have(name, Sees.NOTHING)
        assert not may_have(name, Sees.CHOSEN)


# --- what was decided ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "rules", "kept"),
    [
        ({}, "NQ96_2023", "restricted"),
        ({"disclosure": ""}, "NQ96_2023", "restricted"),
        ({"disclosure": "rules"}, "NQ96_2023", "public"),
        ({"disclosure": "rules"}, "QD96_2023", "restricted"),
        ({"disclosure": "public"}, "QD96_2023", "public"),
        ({"disclosure": "restricted"}, "NQ96_2023", "restricted"),
    ],
)
def test_a_round_about_which_nobody_decided_is_restricted(
    at: Callable[[str], Hall], sent: dict[str, str], rules: str, kept: str
) -> None:
    hall = at("draft")
    values = {name: value for name, value in FORM.items() if name != "disclosure"} | {"rule_set": rules}
    lists = {"officials": (io.BytesIO(OFFICIALS.encode()), "o.csv"), "roll": (io.BytesIO(ROLL.encode()), "r.csv")}
    answer = hall.person(FIRST).form("/dot-moi", {**values, **sent, **lists}, page="/dot-moi")
    assert answer.status_code == 302
    hall.uuid = answer.headers["Location"].split("/")[-2]
    assert column(hall, "disclosure") == kept


def test_a_word_that_is_no_decision_is_refused(at: Callable[[str], Hall]) -> None:
    hall = at("draft")
    with nothing_changes(hall.house.registry), pytest.raises(WrongShape, match="disclosure"):
        rounds.create(hall.house, plan(disclosure="khong-biet"), hall.actor(FIRST))
