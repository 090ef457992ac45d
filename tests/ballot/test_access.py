"""Who may enter: every route of all four applications, by every role, by nobody, and by another organisation.

The routes are found in the applications, so a new one is in the matrix the moment it exists; what its address means is
told in tests/ballot/everything.py. Never here: a list of routes by hand, but for those that are nobody's secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from ballot import access
from ballot.access import UndeclaredEndpoint, Who
from ballot.identity import organisations
from ballot.identity.login import LIMITER
from ballot.models.registry.accounts import Account
from ballot.storage import writing
from tests.ballot.accounts_of import LOGINS, account, with_every_role
from tests.ballot.everything import OBJECTS, Owner, Route, ask, crossings, made, routes_of, rows_of, token_of
from tests.ballot.hall import PASSWORD, REGISTRY, Client, Hall
from tests.ballot.look import code_of, nothing_changes, refused
from tests.ballot.prepared import Prepared

Open = Callable[[str], Hall]
ROLES = tuple(LOGINS)
ENDED, SPARE = "da-ngung", "du-bi"
ELSEWHERE = {"accounts.logout", "accounts.check"}
"""What ends or begins the session that asks; the tests of log-in below are about them."""
PUBLIC = {
    "static", "accounts.login", "accounts.check", "own_login.form", "own_login.use", "provider.begin",
    "provider.come_back", "provider.finish", "provider.second_factor", "provider.check_second_factor", "api.describe",
    "projector.page", "dossiers.room", "dossiers.read", "dossiers.picture",
}  # fmt: skip
"""All of the registry's that needs no account: logging in, and what a key in the address opens."""
NOT_NOW = {"ROUND_NOT_PUBLISHED", "WRONG_PHASE", "HTTP_404", "INCOMPLETE"}
"""How a page may answer a role that may enter, about something of its own, before there is anything to see."""
FIELDS = {
    "name": "Tên thử", "role": "desk", "reason": "Một lý do đủ dài", "office": "desk", "text": "Ý kiến thử",
    "date": "2026-12-01", "day": "2026-12-01", "since": "2026-12-01", "until": "", "status": "left", "basis": "QĐ 2",
    "digest": "0" * 64, "revision": "1", "kind": "rename", "code": "X1", "new_code": "X2", "new_name": "Tên mới",
    "title": "Chức danh", "level": "tinh", "language": "vi", "count": "1", "official": "1", "site": "",
    "why": "Mất điện", "body": "B", "position": "P", "person": "N", "password": "sai mật khẩu", "number": "1",
}  # fmt: skip
"""A form that has every field that a route may ask for before it looks for its object."""


@dataclass(frozen=True)
class World:
    """A hall with two organisations that both have one object of every kind."""

    hall: Hall
    own: Owner
    foreign: Owner

    def logins(self) -> dict[str, str]:
        return {**LOGINS, "deactivated": ENDED}


def built(hall: Hall) -> World:
    numbers = with_every_role(hall)
    other = organisations.found(hall.house, "Đơn vị khác")
    theirs = with_every_role(hall, other, "-ngoai")
    spare = with_every_role(hall, 1, f"-{SPARE}")  # an account that may be ended
    assert numbers["administrator"] != spare["desk"]
    own = made(hall, Owner(1, "to-chuc-1", spare["desk"]), hall.uuid)
    foreign = made(hall, Owner(other, "to-chuc-1-ngoai", theirs["desk"]))
    return World(hall, own, foreign)


@pytest.fixture(scope="module")
def worlds(prepared: Prepared) -> Iterator[Callable[[], World]]:
    """Return a function that hands out the same world anew, for whoever changes it."""
    halls = [prepared.at("issuing")]
    world = built(halls[0])
    halls[0].house.registry.dispose()
    halls[0].house.box.dispose()
    folder = halls[0].house.config.instance

    def again() -> World:
        halls.append(prepared.copy(folder, halls[0].uuid))
        return World(halls[-1], world.own, world.foreign)

    yield again
    for hall in halls:
        hall.house.registry.dispose()
        hall.house.box.dispose()


@pytest.fixture(autouse=True)
def nobody_has_failed_yet() -> Iterator[None]:
    yield
    LIMITER.reset()


@pytest.fixture(scope="module")
def hall(prepared: Prepared) -> Iterator[Hall]:
    """A round that is being issued; nothing in these tests may change it."""
    hall = prepared.at("issuing")
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Return (method, path, endpoint) of every route, its parts filled with what is nobody's."""
    return [(route.method, route.path(), route.endpoint) for route in routes_of(app)]


# --- declarations -------------------------------------------------------------------------------------------------


def apps(hall: Hall) -> tuple[Flask, ...]:
    return (hall.registry, hall.stations, hall.committee, hall.box)


def test_every_endpoint_has_a_declaration(hall: Hall) -> None:
    for app in apps(hall):
        assert [rule.endpoint for rule in app.url_map.iter_rules() if access.declared(app, rule.endpoint) is None] == []


def test_an_application_with_an_undeclared_endpoint_does_not_start() -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/moi", "moi", lambda: "")
    with pytest.raises(UndeclaredEndpoint, match="moi"):
        access.enforce(app)


def test_what_needs_no_account_is_this_and_no_more(hall: Hall) -> None:
    assert {r.endpoint for r in routes_of(hall.registry) if Who.ANYBODY in r.who} == PUBLIC
    for app in apps(hall)[1:]:
        assert {route.who for route in routes_of(app)} == {Who.ANYBODY}


def test_the_tests_know_what_every_part_of_every_address_means(hall: Hall) -> None:
    for app in apps(hall):
        for route in routes_of(app):
            assert "<" not in route.path(), route.rule
    unknown = Route("GET", "/x/<string(length=2):nobody_told>/", "x.y", Who.ANYBODY)
    with pytest.raises(pytest.fail.Exception, match="nobody_told"):
        unknown.path()


def test_every_role_is_in_the_matrix(hall: Hall) -> None:
    assert {Who[role.upper()] for role in ROLES} == set(Who.ACCOUNT)


# --- role × route -------------------------------------------------------------------------------------------------


def is_sent_to_the_form(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/dang-nhap")


def code(answer: TestResponse) -> str:
    """Return the code of a refusal, or nothing: what is let in may be a picture or a file."""
    return code_of(answer) if answer.status_code >= 400 else ""


def may_enter(role: str, route: Route) -> bool:
    return role in ROLES and Who[role.upper()] in route.who


@pytest.mark.parametrize("role", ["nobody", "deactivated", *ROLES])
def test_whom_a_route_does_not_name_it_keeps_out_and_nothing_changes(worlds: Callable[[], World], role: str) -> None:
    # threats H6; with real objects of one's own organisation and a valid token of one's own session
    world = worlds()
    browser = deactivated(world.hall) if role == "deactivated" else entered(world.hall, role)
    token, tried = token_of(browser), 0
    with nothing_changes(world.hall.house.registry, world.hall.house.box):
        for route in routes_of(world.hall.registry):
            if Who.ANYBODY in route.who or may_enter(role, route):
                continue
            answer = ask(browser, route.method, route.path(world.own.objects), token, FIELDS)
            if role in ROLES:
                refused(answer, 403, "HTTP_403")
            else:
                assert is_sent_to_the_form(answer), (route, answer.status_code)
            tried += 1
    assert tried > 10, role


@pytest.mark.parametrize("role", ROLES)
def test_whom_a_route_names_it_lets_in_to_what_is_theirs(worlds: Callable[[], World], role: str) -> None:
    world = worlds()
    browser = entered(world.hall, role)
    token = token_of(browser)
    mine = [r for r in routes_of(world.hall.registry) if may_enter(role, r) and r.endpoint not in ELSEWHERE]
    for route in sorted(mine, key=lambda route: route.method):  # those that change nothing first
        answer = ask(browser, route.method, route.path(world.own.objects), token, FIELDS)
        where = (route, answer.status_code, code(answer))
        assert answer.status_code < 500, where
        assert code(answer) not in ("HTTP_403", "FORM_EXPIRED", "CONFLICT_OF_INTEREST", "DUTY_FIRST"), where
        assert not is_sent_to_the_form(answer), where
        if route.method == "GET":
            assert answer.status_code in (200, 302) or code(answer) in NOT_NOW, where


def test_a_page_answers_a_role_that_may_enter_with_something_to_see(worlds: Callable[[], World]) -> None:
    """So that "not now" does not hide that an object was never found."""
    world = worlds()
    silent = set()
    for role in ROLES:
        browser = entered(world.hall, role)
        for route in routes_of(world.hall.registry):
            asked = route.method == "GET" and may_enter(role, route)
            if asked and browser.get(route.path(world.own.objects)).status_code not in (200, 302):
                silent.add(route.endpoint)
    assert silent == SILENT


SILENT = {
    "planning.compare",
    "committee.folder",
    "results.page",
    "results.record",
    "results.report",
    "readers.show",
    "planning.of_round",
    "roll.photo",
    "console.zero",
    "comparing.page",
    "comparing.recounted",
    "comparing.sitting",
    "certifying.page",
    "certifying.kit",
    "certifying.signed",
    "disputes.page",
}
"""What there is nothing to see of while slips are issued: no result, no plan of a round that had none, no photo."""


def test_a_public_route_asks_for_no_account(hall: Hall) -> None:
    browser = hall.anybody()
    token = token_of(browser)
    for route in routes_of(hall.registry):
        if Who.ANYBODY in route.who and route.endpoint not in ELSEWHERE:
            answer = ask(browser, route.method, route.path(), token, FIELDS)
            assert not is_sent_to_the_form(answer), route
            assert answer.status_code < 500, route


def test_the_other_applications_know_no_account(hall: Hall) -> None:
    cookie = {"Cookie": f"phien={session_cookie(hall.person('to-chuc-1'))}"}
    for app, browser in (
        (hall.stations, hall.at_station()),
        (hall.committee, hall.at_committee()),
        (hall.box, hall.booth()),
    ):
        for route in routes_of(app):
            if route.method == "GET":
                bare, dressed = browser.get(route.path()), browser.get(route.path(), headers=cookie)
                assert (bare.status_code, bare.get_data()) == (dressed.status_code, dressed.get_data()), route
                assert "Set-Cookie" not in dressed.headers, route


def entered(hall: Hall, role: str) -> Client:
    return hall.anybody() if role == "nobody" else hall.person(LOGINS[role])


def deactivated(hall: Hall) -> Client:
    """Return the browser of an organiser whose account was ended while they were at work."""
    browser = hall.person("to-chuc-2")
    assert browser.get("/").status_code == 200
    with writing(hall.house.registry) as session:
        session.get_one(Account, account(hall, "to-chuc-2").id).active = False
    return browser


# --- another organisation -----------------------------------------------------------------------------------------


def mixed(own: Owner, foreign: Owner, route: Route) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield what to ask for: one part, then all, of the other organisation; and the same with what is nobody's."""
    for chosen in [{part} for part in route.objects] + [set(route.objects)]:
        theirs = {part: (foreign if part in chosen else own).objects[part] for part in route.objects}
        yield theirs, {part: value for part, value in theirs.items() if part not in chosen}


@pytest.mark.parametrize("role", ROLES)
def test_what_is_another_organisations_is_not_there(worlds: Callable[[], World], role: str) -> None:
    # threats H5: every kind of object, in every route, alone and with one's own beside it
    world = worlds()
    hall, browser = world.hall, entered(world.hall, role)
    token, tried, there = token_of(browser), set(), []
    with nothing_changes(hall.house.registry, hall.house.box):
        for route in routes_of(hall.registry):
            if may_enter(role, route) and route.objects:
                tried |= set(route.objects)
                for theirs, nobodys in mixed(world.own, world.foreign, route):
                    answer = ask(browser, route.method, route.path(theirs), token, FIELDS)
                    absent = ask(browser, route.method, route.path(nobodys), token, FIELDS)
                    if (answer.status_code, code(answer)) != (404, code(absent)):
                        there.append((route.method, route.path(theirs), answer.status_code, code(answer), code(absent)))
        assert not there, "\n".join(map(str, there))
    assert tried == TRIED[role]


TRIED = {
    "administrator": {"account_id"},
    "organiser": set(OBJECTS) - {"account_id"},
    "desk": {"uuid", "voter_id"},
    "issuer": {"uuid"},
    "observer": {"uuid"},
    "reader": {"uuid", "history_key"},
}


def test_nothing_of_another_organisation_stands_in_any_list(worlds: Callable[[], World]) -> None:
    world = worlds()
    hall = world.hall
    names = [str(world.foreign.objects[part]) for part in ("uuid", "token")] + ["-ngoai", "Đơn vị khác"]
    for role in ROLES:
        browser = entered(hall, role)
        for route in routes_of(hall.registry):
            if route.method == "GET" and may_enter(role, route):
                shown = browser.get(route.path(world.own.objects)).get_data()
                assert [name for name in names if name.encode() in shown] == [], (role, route)


# threats H5
@pytest.mark.parametrize("field", ["dot", "old", "into", "person", "position", "body", "parent", "group"])
def test_a_form_that_names_what_is_another_organisations_changes_nothing(
    worlds: Callable[[], World], field: str
) -> None:
    world = worlds()
    hall, browser = world.hall, entered(world.hall, "organiser")
    part = {"dot": "uuid", "old": "body_id", "into": "body_id", "parent": "body_id"}.get(field, f"{field}_id")
    values = {**FIELDS, field: str(world.foreign.objects[part])}
    token = token_of(browser)
    before = rows_of(hall, world.foreign)
    for route in routes_of(hall.registry):
        if route.method == "POST" and route.endpoint.startswith(
            ("catalogue.", "planning.", "journal.", "lists.", "rule_books.", "history.")
        ):
            answer = ask(browser, "POST", route.path(world.own.objects), token, values)
            assert answer.status_code < 500, route
            assert str(world.foreign.objects["uuid"]).encode() not in answer.get_data(), route
    assert rows_of(hall, world.foreign) == before
    assert crossings(hall) == []


def test_nobody_who_is_sent_away_is_sent_elsewhere_than_to_the_form(hall: Hall) -> None:
    # threats H13
    for path in ("//evil.example/%5C..", "/dang-nhap?next=//evil.example", "/dang-nhap?next=https://evil.example"):
        answer = hall.anybody().get(path)
        assert answer.status_code in (200, 302, 308, 404)
        assert "evil.example" not in answer.headers.get("Location", "").split("?")[0].removeprefix(REGISTRY)
    assert hall.anybody().get("/dot-moi").headers["Location"].startswith("/dang-nhap")
    browser = hall.anybody()
    page = "/dang-nhap?next=https://evil.example"
    answer = browser.form(page, {"login": "tiep-don", "password": PASSWORD}, page=page)
    assert answer.headers["Location"] == "/"


# --- forms --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_every_form_without_its_token_is_refused(worlds: Callable[[], World], role: str) -> None:
    world = worlds()  # threats H1: with real objects, by who may, in a session that goes on
    browser = entered(world.hall, role)
    others = token_of(world.hall.anybody())
    with nothing_changes(world.hall.house.registry, world.hall.house.box):
        for route in routes_of(world.hall.registry):
            if route.method == "POST":
                for token in ("", "x", others):
                    answer = ask(browser, "POST", route.path(world.own.objects), token, FIELDS)
                    refused(answer, 400, "FORM_EXPIRED")
                    assert "<h1>" in answer.get_data(as_text=True)


def test_no_route_takes_anything_but_get_and_post(hall: Hall) -> None:
    for app in apps(hall):
        assert {route.method for route in routes_of(app)} == {"GET", "POST"}


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
    answer = browser.form("/dang-xuat", page="/")  # threats H2
    assert (answer.status_code, browser.get("/").status_code) == (302, 302)
    assert '"cookies"' in answer.headers["Clear-Site-Data"]


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(hall: Hall) -> None:
    header = hall.anybody().get("/dang-nhap").headers["Set-Cookie"]
    assert header.startswith("phien=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in header.split(";")}
    assert "Domain" not in header


@pytest.mark.parametrize("role", ROLES)
def test_everybody_can_log_out(hall: Hall, role: str) -> None:
    if role not in ("organiser", "desk"):
        with_every_role_once(hall)
    browser = entered(hall, role)
    assert is_sent_to_the_form(browser.form("/dang-xuat", page="/tai-khoan/cua-toi/"))
    assert is_sent_to_the_form(browser.get("/tai-khoan/cua-toi/"))


def with_every_role_once(hall: Hall) -> None:
    from ballot.storage import reading

    with reading(hall.house.registry) as session:
        there = session.query(Account).filter_by(login=LOGINS["reader"]).first()
    if there is None:
        with_every_role(hall)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:8000@evil.example"])
def test_no_answer_leads_to_a_host_that_the_request_named(hall: Hall, host: str) -> None:
    answer = hall.anybody().get("/dot-moi", headers={"Host": host})  # threats H13
    assert answer.status_code == 400
    assert "evil.example" not in answer.headers.get("Location", "") + answer.get_data(as_text=True)
