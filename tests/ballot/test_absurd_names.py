"""What no round is called: every route of every application says that there is none, whatever the name is made of.

The routes are found in the applications, so a new one is tried the moment it exists. Never here: a list of routes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from ballot.access import Who
from ballot.app import issuer_app
from ballot.config import BOX, REGISTRY, Config
from ballot.issuer.house import IssuerHouse
from tests.ballot.accounts_of import LOGINS, with_every_role
from tests.ballot.client import Client
from tests.ballot.everything import WORDED, Route, routes_of, token_of
from tests.ballot.hall import Hall
from tests.ballot.issuer_processes import IssuerProcess
from tests.ballot.look import code_of, nothing_changes, refused
from tests.ballot.prepared import Prepared
from tests.ballot.site_hall import Site

NAMES = ("é", "🗳", "..", ".", "A" * 300, "\0", "a\0b", "%", " ", "a\nb", "' OR 1=1 --")
FAULTS = ("FAULT", "HTTP_500")
Entrance = tuple[Flask, Client, dict[str, str]]
"""An application, a browser that is let in, and what every request of it says of itself."""


@pytest.fixture(scope="module")
def hall(prepared: Prepared) -> Iterator[Hall]:
    """A round in which people vote; nothing in these tests may change it."""
    hall = prepared.at("voting")
    with_every_role(hall)
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def apart(hall: Hall, role: str) -> Hall:
    """Return the same house as a process that has one role alone."""
    return Hall(replace(hall.house, config=replace(hall.house.config, roles=frozenset({role}))), hall.uuid)


def answers(entrance: Entrance, route: Route) -> Iterator[TestResponse]:
    """Ask a route for each of these names, with a form and with the bodies that machines send."""
    _app, browser, headers = entrance
    for name in NAMES:
        path = route.path(dict.fromkeys(WORDED, quote(name, safe="")))
        if route.method == "GET":
            yield browser.get(path, headers=headers)
            continue
        yield browser.send(path, data={"csrf_token": headers.get("X-CSRFToken", "")}, headers=headers)
        for mimetype, raw in (("application/json", b"{}"), ("application/octet-stream", b"")):
            yield browser.send(path, data=raw, content_type=mimetype, headers=headers)


def try_all(entrance: Entrance, may_enter: Callable[[Route], bool] = lambda _route: True) -> int:
    """Ask every route that has a name in its address; return how many there are."""
    faults = set[tuple[str, str, int, str]]()
    found = [route for route in routes_of(entrance[0]) if may_enter(route) and set(WORDED) & set(route.parts)]
    for route in found:
        for answer in answers(entrance, route):
            code = code_of(answer) if answer.status_code >= 400 else ""
            if answer.status_code < 300 or answer.status_code >= 500 or code in FAULTS:
                faults.add((route.method, route.rule, answer.status_code, code))
    assert not faults, "\n".join(map(str, sorted(faults)))
    return len(found)


# threats H17
@pytest.mark.parametrize("alone", [False, True], ids=["with the box", "alone"])
@pytest.mark.parametrize("role", ["nobody", *LOGINS])
def test_no_name_in_an_address_of_the_registry_is_a_fault(hall: Hall, role: str, *, alone: bool) -> None:
    asked = apart(hall, REGISTRY) if alone else hall
    browser = asked.anybody() if role == "nobody" else asked.person(LOGINS[role])
    entrance = asked.registry, browser, {"X-CSRFToken": token_of(browser)}
    with nothing_changes(hall.house.registry, hall.house.box):
        tried = try_all(entrance, lambda route: role == "nobody" or Who[role.upper()] in route.who)
    assert tried > 0 or role == "administrator"


PARTS: dict[str, Callable[[Hall], Entrance]] = {
    "stations": lambda hall: (hall.stations, hall.at_station(), {}),
    "committee": lambda hall: (hall.committee, hall.at_committee(), {}),
    "box": lambda hall: (hall.box, hall.booth(), {}),
    "box alone": lambda hall: (apart(hall, BOX).box, apart(hall, BOX).booth(), {}),
}


# threats H17
@pytest.mark.parametrize("name", PARTS)
def test_nor_in_one_of_the_applications_that_know_no_account(hall: Hall, name: str) -> None:
    with nothing_changes(hall.house.registry, hall.house.box):
        assert try_all(PARTS[name](hall)) > 5


@contextmanager
def site(folder: Path) -> Iterator[Entrance]:
    made = Site(folder)
    yield made.app, made.browser(), {}
    made.close()


@contextmanager
def issuer(folder: Path) -> Iterator[Entrance]:
    house = IssuerHouse.open(Config.from_environ(IssuerProcess("ban-to-chuc", folder).environ))
    app = issuer_app(house)
    yield app, Client(app, f"http://{house.config.issuing.host}"), {"Authorization": f"Bearer {house.link_secret}"}
    house.engine.dispose()


# threats H17
@pytest.mark.parametrize("part", [site, issuer])
def test_nor_at_a_site_or_an_issuer_that_knows_no_round_yet(
    part: Callable[..., contextmanager[Entrance]], tmp_path: Path
) -> None:
    with part(tmp_path / "part") as entrance:
        assert try_all(entrance) > 5


def test_no_witness_leaves_a_signature_for_what_no_round_is_called(hall: Hall) -> None:
    """threats H17: the round is looked up before any file or key is that lies under its name."""
    for asked in (hall, apart(hall, BOX)):
        for name in (name for name in NAMES if "\0" not in name):  # which a server's driver refuses: BAD_TEXT
            path = f"/dot/{quote(name, safe='')}/chung-kien"
            sent = asked.booth().send(path, data=b"", content_type="application/octet-stream")
            refused(sent, 404, "NO_SUCH_ROUND")
