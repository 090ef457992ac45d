"""Who may enter: every route of all four applications against every role, forms, log-in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from ballot import access
from ballot.access import UndeclaredEndpoint, Who
from tests.ballot.hall import PASSWORD, REGISTRY, Client, Hall
from tests.ballot.look import nothing_changes, refused
from tests.ballot.prepared import Prepared

Open = Callable[[str], Hall]
WORDS = {"uuid": "khong-co-dot-nay", "voter_id": "1", "act": "mo", "name": "ket-qua.pdf", "filename": "board.css"}
LOGINS = {"desk": "tiep-don", "organiser": "to-chuc-1"}


@pytest.fixture(scope="module")
def hall(prepared: Prepared) -> Iterator[Hall]:
    """A round that is being issued; nothing in these tests may change it."""
    hall = prepared.at("issuing")
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


@pytest.fixture(scope="module")
def browsers(hall: Hall) -> dict[str, Client]:
    return {"nobody": hall.anybody(), **{role: hall.person(login) for role, login in LOGINS.items()}}


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Return (method, path, endpoint) of every route, its parts filled with words of no round."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda match: WORDS[match[1]], rule.rule)
        found += [(method, path, rule.endpoint) for method in rule.methods & {"GET", "POST"}]
    return sorted(found)


def ask(browser: Client, method: str, path: str, token: str = "") -> TestResponse:
    if method == "GET":
        return browser.get(path)
    return browser.send(path, data={"csrf_token": token})


def token_of(browser: Client) -> str:
    page = browser.get("/").get_data(as_text=True)
    page = page if "csrf_token" in page else browser.get("/dang-nhap").get_data(as_text=True)
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


# --- declarations -------------------------------------------------------------------------------------------------


def test_every_endpoint_has_a_declaration(hall: Hall) -> None:
    for app in (hall.registry, hall.stations, hall.committee, hall.box):
        assert [rule.endpoint for rule in app.url_map.iter_rules() if access.declared(app, rule.endpoint) is None] == []


def test_an_application_with_an_undeclared_endpoint_does_not_start() -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/moi", "moi", lambda: "")
    with pytest.raises(UndeclaredEndpoint, match="moi"):
        access.enforce(app)


def test_what_needs_no_account_is_this_and_no_more(hall: Hall) -> None:
    public = {e for _, _, e in routes(hall.registry) if Who.ANYBODY in access.declared(hall.registry, e)}
    assert public == {"static", "accounts.login", "accounts.check", "own_login.form", "own_login.use"}
    for app in (hall.stations, hall.committee, hall.box):
        assert {access.declared(app, e) for _, _, e in routes(app)} == {Who.ANYBODY}


@pytest.mark.parametrize("role", ["nobody", "desk", "organiser"])
def test_every_route_lets_in_exactly_whom_it_declares(hall: Hall, browsers: dict[str, Client], role: str) -> None:
    browser, token = browsers[role], token_of(browsers[role])
    for method, path, endpoint in routes(hall.registry):
        if endpoint in ("accounts.logout", "accounts.check"):
            continue
        who = access.declared(hall.registry, endpoint)
        status = ask(browser, method, path, token).status_code
        if Who.ANYBODY in who:
            assert status not in (302, 401, 403), (path, status)
        elif role == "nobody":
            assert status == 302, (path, status)
        elif Who[role.upper()] in who:
            assert status in (200, 302, 400, 404), (path, status)
            assert status != 302 or endpoint == "committee.part", path  # nothing was handed in
        else:
            assert status == 403, (path, status)


def test_nobody_who_is_sent_away_is_sent_elsewhere_than_to_the_form(hall: Hall) -> None:
    answer = hall.anybody().get("//evil.example/%5C..")
    assert answer.status_code in (302, 308, 404)
    assert "evil.example" not in answer.headers.get("Location", "").split("?")[0].removeprefix(REGISTRY)
    assert hall.anybody().get("/dot-moi").headers["Location"].startswith("/dang-nhap")


# --- forms --------------------------------------------------------------------------------------------------------


def test_every_form_without_its_token_is_refused(hall: Hall, browsers: dict[str, Client]) -> None:
    with nothing_changes(hall.house.registry, hall.house.box):
        for method, path, _endpoint in routes(hall.registry):
            if method == "POST":
                for token in ("", "x", token_of(hall.anybody())):
                    answer = ask(browsers["organiser"], "POST", path, token)
                    refused(answer, 400, "FORM_EXPIRED")
                    assert "<h1>" in answer.get_data(as_text=True)


def test_a_station_is_known_by_its_token_alone_and_a_cookie_changes_nothing(hall: Hall) -> None:
    person, path = hall.person("to-chuc-1"), f"/dot/{hall.uuid}/viec"
    cookie = {"Cookie": f"phien={session_cookie(person)}"}
    with nothing_changes(hall.house.registry):
        for headers in ({}, cookie):
            answer = hall.at_station().send(path, json={"station": ""}, headers=headers)
            assert answer.status_code in (400, 403)
            assert "Set-Cookie" not in answer.headers


# --- log-in -------------------------------------------------------------------------------------------------------


def test_a_wrong_password_and_an_unknown_login_get_one_answer(hall: Hall) -> None:
    browser = hall.anybody()
    answers = [
        browser.form("/dang-nhap", {"login": login, "password": password})
        for login, password in (("to-chuc-1", "sai"), ("khong-ai", PASSWORD), ("to-chuc-1' OR 1=1 --", ""), ("", ""))
    ]
    for answer in answers:
        refused(answer, 401, "LOGIN_FAILED")
    assert len({answer.get_data() for answer in answers}) == 1


def session_cookie(browser: Client) -> str:
    cookie = browser.client.get_cookie("phien", "localhost")
    return cookie.value if cookie else ""


def test_logging_in_begins_a_new_session_and_logging_out_ends_it(hall: Hall) -> None:
    browser = hall.anybody()
    browser.get("/dang-nhap")
    before = session_cookie(browser)
    old_token = token_of(browser)
    browser.form("/dang-nhap", {"login": "tiep-don", "password": PASSWORD})
    assert session_cookie(browser) not in ("", before)
    assert browser.send("/dang-xuat", data={"csrf_token": old_token}).status_code == 400
    answer = browser.form("/dang-xuat", page="/")
    assert (answer.status_code, browser.get("/").status_code) == (302, 302)
    assert '"cookies"' in answer.headers["Clear-Site-Data"]


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(hall: Hall) -> None:
    header = hall.anybody().get("/dang-nhap").headers["Set-Cookie"]
    assert header.startswith("phien=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in header.split(";")}
    assert "Domain" not in header
