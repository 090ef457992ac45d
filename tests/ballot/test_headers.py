"""Each part answers to its own host name only, and every answer carries every header."""

from __future__ import annotations

import pytest
from werkzeug.test import Client as WsgiClient

from ballot.app import create_app
from ballot.config import Config
from ballot.headers import policy
from tests.ballot.client import BOX, COMMITTEE, REGISTRY, STATION
from tests.ballot.everything import ask
from tests.ballot.hall import Hall
from tests.ballot.test_access import hall, routes

__all__ = ["hall"]  # a fixture


# --- host names ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(hall: Hall) -> WsgiClient:
    return WsgiClient(create_app(hall.house.config))


# threats B7
def test_each_part_answers_to_its_own_host_name_only(hall: Hall, whole: WsgiClient) -> None:
    parts = {REGISTRY: hall.registry, STATION: hall.stations, COMMITTEE: hall.committee, BOX: hall.box}
    for origin, app in parts.items():
        for other in (host for host in parts if host != origin):
            theirs = {rule.rule for rule in parts[other].url_map.iter_rules()}
            rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
            for method, path, endpoint in routes(app):
                if rules[endpoint] not in theirs:
                    answer = whole.open(path, method=method, base_url=other, buffered=True)
                    assert answer.status_code in (308, 404, 405), (path, other)


# threats H13
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.9", "", "localhost@evil.example"])
def test_a_foreign_host_name_is_refused_everywhere(whole: WsgiClient, host: str) -> None:
    for path in ("/", "/dang-nhap", "/static/board.css", "/khong-co"):
        answer = whole.get(path, headers={"Host": host}, buffered=True)
        assert answer.status_code in (400, 404), path
        assert "evil" not in answer.get_data(as_text=True)


# --- headers ------------------------------------------------------------------------------------------------------


# threats H12
def test_every_answer_of_every_route_carries_every_header(hall: Hall) -> None:
    station, box = hall.house.config.station_origin, hall.house.config.box_origin
    visits = [
        (hall.registry, hall.person("to-chuc-1"), policy(form=station)),
        (hall.registry, hall.anybody(), policy(form=station)),
        (hall.stations, hall.at_station(), policy(box)),
        (hall.committee, hall.at_committee(), policy()),
        (hall.box, hall.booth(), policy()),
    ]
    for app, browser, content_policy in visits:
        for method, path, endpoint in [*routes(app), ("GET", "/khong-co", ""), ("POST", "/", "")]:
            if endpoint == "accounts.logout":
                continue
            answer = ask(browser, method, path)
            assert answer.headers["Content-Security-Policy"] == content_policy, path
            assert answer.headers["Cache-Control"] == ("no-cache" if endpoint == "static" else "no-store"), path
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.status_code < 500, path
            assert b"Traceback" not in answer.get_data()
    assert "unsafe" not in policy("https://x")


# threats H14
@pytest.mark.parametrize(("scheme", "port", "kept"), [("https", "443", "max-age=86400"), ("http", "8000", None)])
def test_a_browser_that_came_over_tls_keeps_to_it_for_a_day(
    hall: Hall, scheme: str, port: str, kept: str | None
) -> None:
    """A page of the same name without TLS, by whoever stands between, is not opened on that day."""
    settings = {"BALLOT_INSTANCE": str(hall.house.config.instance), "BALLOT_SCHEME": scheme, "BALLOT_PORT": port}
    config = Config.from_environ(settings)
    client = WsgiClient(create_app(config))
    for origin in (config.registry_origin, config.station_origin, config.committee_origin, config.box_origin):
        for path in ("/", "/khong-co", "/static/board.css"):
            answer = client.get(path, base_url=origin, buffered=True)
            assert answer.headers.get("Strict-Transport-Security") == kept, (origin, path)
