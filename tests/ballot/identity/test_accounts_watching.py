"""Those who watch and read: observers with their opinions, issuers' operators with counts, readers by authority."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text as sql

from ballot.identity import organisations
from ballot.identity.login import LIMITER, create_account
from ballot.models.registry.onlookers import Opinion
from ballot.models.registry.roll import Voter
from ballot.onlookers import opinions
from ballot.onlookers.opinions import MOST, TooManyOpinions
from ballot.storage import reading, writing
from tests.ballot.accounts_of import AUTHORITY, acts, with_every_role
from tests.ballot.client import Client
from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.look import nothing_changes, refused
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import cast, certify, set_column, tally

OTHER = "Ban Thường vụ Thành ủy (thử)"
Open = Callable[[str], Hall]


@pytest.fixture(autouse=True)
def nobody_has_failed_yet() -> Iterator[None]:
    yield
    LIMITER.reset()


@pytest.fixture
def hall(at: Open) -> Hall:
    hall = at("issuing")
    with_every_role(hall)
    return hall


def manage(hall: Hall, number: int, authority: str) -> None:
    with writing(hall.house.registry) as session:
        session.execute(sql("UPDATE official SET authority = :a WHERE number = :n"), {"a": authority, "n": number})


@pytest.fixture(scope="module")
def counted(prepared: Prepared) -> Iterator[Hall]:
    """A certified round of three officials: two of one authority, one of another."""
    from ballot.result import closing

    hall = prepared.at("voting")
    with_every_role(hall)
    cast(hall, range(6))
    hall.by_two(closing.close)
    tally(hall)
    certify(hall)
    for number, authority in ((1, AUTHORITY), (2, OTHER), (3, AUTHORITY)):
        manage(hall, number, authority)
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def page(hall: Hall, browser: Client, path: str = "quan-sat") -> str:
    answer = browser.get(f"/{path}/{hall.uuid}/")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def names_of_voters(hall: Hall) -> list[str]:
    with reading(hall.house.registry) as session:
        return [name for row in session.query(Voter) for name in (row.name, row.reference)]


# --- observers ----------------------------------------------------------------------------------------------------


def test_an_observer_sees_sums_and_hashes_and_no_voter(hall: Hall) -> None:
    for voter_id in hall.voters()[:3]:
        hall.check_in(voter_id)
    shown = page(hall, hall.person("giam-sat"))
    assert re.search(r"<dt>Có mặt</dt><dd>3</dd>", shown)
    assert hall.manifest.hash[:4] in shown
    assert not any(name in shown for name in names_of_voters(hall))
    assert "Số thẻ mỗi bên cấp đã ký" not in shown


def test_an_opinion_stays_as_it_was_sent_and_the_organisers_read_it(hall: Hall) -> None:
    browser, path = hall.person("giam-sat"), f"/quan-sat/{hall.uuid}/"
    words = "Đề nghị  công khai\r\n\r\nsố phong bì. <script>x</script>"
    assert browser.form(f"{path}y-kien", {"text": words}, page=path).status_code == 302
    for reader, where in ((browser, path), (hall.person("to-chuc-1"), f"{path}y-kien")):
        shown = reader.get(where).get_data(as_text=True)
        assert "Đề nghị công khai" in shown
        assert "số phong bì. &lt;script&gt;" in shown
        assert "Người giam-sat" in shown
    assert ("giam-sat", "opinion", hall.uuid) in acts(hall)
    assert not any("công khai" in " ".join(entry) for entry in acts(hall))
    with reading(hall.house.registry) as session:
        (kept,) = session.query(Opinion).all()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", kept.day)  # a day and no hour


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 8001, "a\u202eb"])
def test_an_opinion_that_cannot_be_kept_is_refused(hall: Hall, words: str) -> None:
    browser, path = hall.person("giam-sat"), f"/quan-sat/{hall.uuid}/"
    with nothing_changes(hall.house.registry):
        refused(browser.form(f"{path}y-kien", {"text": words}, page=path), 400, "BAD_TEXT")


def test_opinions_have_an_end(hall: Hall) -> None:
    actor = hall.actor("giam-sat")
    with writing(hall.house.registry) as session:
        for _number in range(MOST):
            session.add(Opinion(round_id=1, account_id=actor.account_id, day="2026-11-22", text="x"))
    with nothing_changes(hall.house.registry), pytest.raises(TooManyOpinions):
        opinions.send(hall.house, hall.uuid, "một nữa", actor, day="2026-11-22")


def test_an_observer_downloads_a_record_that_is_not_public(counted: Hall) -> None:
    shown = page(counted, counted.person("giam-sat"))
    (path,) = re.findall(r'href="([^"]+ho-so\.zip)"', shown)
    answer = counted.person("giam-sat").get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")


# --- issuers' operators -------------------------------------------------------------------------------------------


def test_an_operator_sees_what_each_issuer_signed_and_the_head_of_its_log(hall: Hall) -> None:
    from ballot.slips import issuers

    for voter_id in hall.voters()[:2]:
        hall.slip(voter_id)
    shown = page(hall, hall.person("cap-the"))
    for name in hall.house.issuers:
        counts = issuers.door(hall.house, name).counts(hall.uuid)
        assert counts.issued == 2
        assert re.search(rf'scope="row">{name}</th><td>2</td><td>0</td><td>0</td><td>0</td>', shown)
        assert counts.head[:16] in shown.replace(" ", "")
    assert not any(name in shown for name in names_of_voters(hall))


def test_an_issuer_that_does_not_answer_hides_nothing_of_the_other(hall: Hall) -> None:
    from dataclasses import replace

    from ballot.app import registry_app
    from ballot.config import Config

    environ = {
        "BALLOT_INSTANCE": str(hall.house.config.instance),
        "BALLOT_ISSUERS": "ban-to-chuc,ban-kiem-phieu=http://127.0.0.1:9",
    }
    hall.house = replace(hall.house, config=Config.from_environ(environ))
    hall.registry = registry_app(hall.house)
    shown = page(hall, hall.person("cap-the"))
    assert "Máy này không trả lời" in shown
    assert re.search(r'scope="row">ban-to-chuc</th><td>0</td>', shown)


# --- readers ------------------------------------------------------------------------------------------------------


def reader(hall: Hall, login: str, **changes: Any) -> Client:
    values = {"name": "Người đọc", "authority": AUTHORITY, **changes}
    create_account(hall.house, 1, login=login, role="reader", password=PASSWORD, **values)
    return hall.person(login)


def names(hall: Hall, shown: str) -> set[str]:
    return set(re.findall(r'<th class="text name" scope="row">([^<]+)</th>', shown))


def test_a_reader_sees_the_officials_of_their_authority_and_no_other(counted: Hall) -> None:
    browser = counted.person("doc-ket-qua")
    assert counted.uuid in browser.get("/doc-ket-qua/").get_data(as_text=True)
    shown = page(counted, browser, "doc-ket-qua")
    result = json.loads((counted.house.record(counted.uuid) / "result.json").read_bytes())
    by_number = {line["number"]: line for line in result["officials"]}
    assert names(counted, shown) == {by_number[1]["name"], by_number[3]["name"]}
    assert by_number[2]["name"] not in shown
    for number in (1, 3):
        cells = "".join(
            f'<td>{count}</td><td class="share">{share}</td>'
            for count, share in zip(by_number[number]["counts"], by_number[number]["percent"], strict=True)
        )
        assert cells in shown


def test_another_authority_sees_its_own_and_none_sees_nothing(counted: Hall) -> None:
    shown = page(counted, reader(counted, "doc-2", authority=OTHER), "doc-ket-qua")
    assert len(names(counted, shown)) == 1
    for number, authority in enumerate(("", "Ban Thường vụ", AUTHORITY.upper())):
        browser = reader(counted, f"doc-khong-{number}", authority=authority)
        assert counted.uuid not in browser.get("/doc-ket-qua/").get_data(as_text=True)
        refused(browser.get(f"/doc-ket-qua/{counted.uuid}/"), 404, "ROUND_NOT_PUBLISHED")


def test_a_rated_person_who_reads_sees_their_own_line_alone(counted: Hall) -> None:
    # threats A25, P4: the page is open to them only because nothing can be changed any more
    result = json.loads((counted.house.record(counted.uuid) / "result.json").read_bytes())
    by_number = {line["number"]: line["name"] for line in result["officials"]}
    own = reader(counted, "doc-minh", name=f"Đ/c {by_number[3].upper()}")
    assert names(counted, page(counted, own, "doc-ket-qua")) == {by_number[3]}
    other = reader(counted, "doc-khac", name=by_number[2])  # rated, and of another authority
    refused(other.get(f"/doc-ket-qua/{counted.uuid}/"), 404, "ROUND_NOT_PUBLISHED")


def test_a_reader_sees_nothing_before_it_is_counted(hall: Hall) -> None:
    manage(hall, 1, AUTHORITY)
    browser = hall.person("doc-ket-qua")
    assert hall.uuid not in browser.get("/doc-ket-qua/").get_data(as_text=True)
    refused(browser.get(f"/doc-ket-qua/{hall.uuid}/"), 404, "ROUND_NOT_PUBLISHED")


def test_a_restricted_result_is_open_to_its_reader(at: Open) -> None:
    from ballot.result import closing

    hall = at("draft")
    set_column(hall, "disclosure", "restricted")
    for phase in ("issuing", "frozen", "ready", "voting"):
        getattr(hall, phase)()
    with_every_role(hall)
    cast(hall, range(6))
    hall.by_two(closing.close)
    tally(hall)
    manage(hall, 1, AUTHORITY)
    refused(hall.person("doc-ket-qua").get(f"/doc-ket-qua/{hall.uuid}/"), 404, "ROUND_NOT_PUBLISHED")
    certify(hall)
    assert len(names(hall, page(hall, hall.person("doc-ket-qua"), "doc-ket-qua"))) == 1
    refused(hall.booth().get(f"/dot/{hall.uuid}/ho-so.zip"), 403, "RESULT_RESTRICTED")


# --- conflict of interest and other organisations -----------------------------------------------------------------


@pytest.mark.parametrize("role", ["observer", "issuer", "reader"])
def test_a_rated_person_is_kept_from_every_page_of_an_open_round(hall: Hall, role: str) -> None:
    manage(hall, 2, AUTHORITY)
    create_account(
        hall.house, 1, login="trung-ten", name="Cán bộ số 1", role=role, password=PASSWORD, authority=AUTHORITY
    )
    browser = hall.person("trung-ten")
    where = "doc-ket-qua" if role == "reader" else "quan-sat"
    with nothing_changes(hall.house.registry):
        refused(browser.get(f"/{where}/{hall.uuid}/"), 403, "CONFLICT_OF_INTEREST")
        if role == "observer":
            answer = browser.form(f"/quan-sat/{hall.uuid}/y-kien", {"text": "x"}, page="/quan-sat/")
            refused(answer, 403, "CONFLICT_OF_INTEREST")
    shown = hall.person("to-chuc-1").get(f"/dot/{hall.uuid}/")
    assert shown.status_code == 200  # the console does not offer an exception that there is none of


def test_another_organisations_watchers_see_none_of_it(counted: Hall) -> None:
    other = organisations.found(counted.house, "Đơn vị khác nữa")
    with_every_role(counted, other, "-nua")
    for login, paths in {
        "giam-sat-nua": ("quan-sat", f"quan-sat/{counted.uuid}"),
        "doc-ket-qua-nua": ("doc-ket-qua", f"doc-ket-qua/{counted.uuid}"),
    }.items():
        browser = counted.person(login)
        assert counted.uuid not in browser.get(f"/{paths[0]}/").get_data(as_text=True)
        refused(browser.get(f"/{paths[1]}/"), 404, "NO_SUCH_ROUND")
