"""Logging in through an identity provider: a real one on loopback, and every way in which it may be wrong."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from ballot.app import registry_app
from ballot.config import Config
from ballot.identity import oidc
from ballot.identity.login import LIMITER
from ballot.models.registry.accounts import Account
from ballot.settings.errors import BadSetting
from ballot.storage import writing
from tests.ballot.accounts_of import Phone, account
from tests.ballot.client import REGISTRY, Client
from tests.ballot.hall import Hall
from tests.ballot.identity_provider import CLIENT, SECRET, Provider
from tests.ballot.look import nothing_changes, refused
from tests.ballot.prepared import Prepared

BEGIN, CODE = "/dang-nhap/chung", "/dang-nhap/chung/ma"


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture(autouse=True)
def nobody_has_failed_yet() -> Iterator[None]:
    yield
    LIMITER.reset()


@pytest.fixture
def hall(at: Callable[[str], Hall], provider: Provider, tmp_path: Path) -> Hall:
    hall = at("draft")
    (secret := tmp_path / "oidc.secret").write_text(SECRET)
    secret.chmod(0o600)
    config = Config.from_environ({"BALLOT_INSTANCE": str(hall.house.config.instance), **settings(provider, secret)})
    hall.house = replace(hall.house, config=config)
    hall.registry = registry_app(hall.house)
    name_subject(hall, "tiep-don", "nguoi-1")
    return hall


def settings(provider: Provider, secret: Path, **changes: str) -> dict[str, str]:
    return {
        "BALLOT_OIDC_ISSUER": provider.origin, "BALLOT_OIDC_CLIENT_ID": CLIENT,
        "BALLOT_OIDC_SECRET_FILE": str(secret), **changes,
    }  # fmt: skip


def name_subject(hall: Hall, login: str, subject: str) -> None:
    with writing(hall.house.registry) as session:
        session.get_one(Account, account(hall, login).id).subject = subject


def begun(hall: Hall, provider: Provider) -> tuple[Client, str]:
    """Begin a login and do the provider's part; return the browser and the address that it comes back to."""
    browser = Client(hall.registry, REGISTRY)
    answer = browser.get(BEGIN)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return browser, provider.log_in(answer.headers["Location"]).removeprefix(REGISTRY)


def led_on(hall: Hall, back: str) -> str:
    """Come back as from another site: without any cookie; return where the page leads on to."""
    page = Client(hall.registry, REGISTRY).get(back)
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers  # it would end the session that waits
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.get_data(as_text=True))
    return html.unescape(found[1])


def finished(hall: Hall, provider: Provider) -> tuple[Client, Any]:
    browser, back = begun(hall, provider)
    return browser, browser.get(led_on(hall, back))


# --- it works -----------------------------------------------------------------------------------------------------


def test_whom_an_administrator_named_comes_in(hall: Hall, provider: Provider) -> None:
    browser, answer = finished(hall, provider)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "Người tiep-don" in browser.get("/").get_data(as_text=True)
    assert 'href="/dang-nhap/chung"' in Client(hall.registry, REGISTRY).get("/dang-nhap").get_data(as_text=True)


def test_a_second_factor_of_ours_is_asked_for_all_the_same(hall: Hall, provider: Provider) -> None:
    phone = Phone(hall.person("tiep-don"))
    browser, answer = finished(hall, provider)
    assert answer.headers["Location"] == CODE
    assert browser.get("/").status_code == 302
    refused(browser.form(CODE, {"code": "000000"}, page=CODE), 401, "LOGIN_FAILED")
    assert browser.form(CODE, {"code": phone.code()}, page=CODE).status_code == 302
    assert browser.get("/").status_code == 200


def test_the_form_of_the_code_is_nobodys_who_was_not_vouched_for(hall: Hall) -> None:
    browser = Client(hall.registry, REGISTRY)
    refused(browser.form(CODE, {"code": "000000"}, page=CODE), 401, "LOGIN_FAILED")


# --- what is refused ----------------------------------------------------------------------------------------------

WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"iss": "https://khac.example"}},
    "another audience": {"claims": {"aud": "khac"}},
    "several audiences, none authorised": {"claims": {"aud": [CLIENT, "khac"]}},
    "for somebody else among several": {"claims": {"aud": [CLIENT, "khac"], "azp": "khac"}},
    "another nonce": {"claims": {"nonce": "khac"}},
    "no nonce": {"left_out": ("nonce",)},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "no end": {"left_out": ("exp",)},
    "from the future": {"claims": {"iat": 4_000_000_000}},
    "not yet": {"claims": {"nbf": 4_000_000_000}},
    "nobody": {"left_out": ("sub",)},
    "a number": {"claims": {"sub": 1}},
    "an empty name": {"claims": {"sub": ""}},
    "a name nobody entered": {"subject": "nguoi-2"},
    "not signed": {"signed": "none"},
    "signed with a shared secret": {"signed": "HS256"},
    "signed by somebody else": {"signed": "foreign"},
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_token_lets_nobody_in_and_says_no_more_than_a_wrong_password(
    hall: Hall, provider: Provider, case: str
) -> None:
    for name, value in WRONG[case].items():
        setattr(provider, name, value)
    with nothing_changes(hall.house.registry):
        browser, answer = finished(hall, provider)
        refused(answer, 401, "LOGIN_FAILED")
        assert browser.get("/").status_code == 302


def test_a_code_is_used_once_and_an_answer_too(hall: Hall, provider: Provider) -> None:
    browser, back = begun(hall, provider)
    on = led_on(hall, back)
    other, other_back = begun(hall, provider)
    assert browser.get(on).status_code == 302
    refused(browser.get(on), 401, "LOGIN_FAILED")  # our state is used up
    stolen = re.search(r"code=([^&]+)", on)[1]
    replayed = re.sub(r"code=[^&]+", f"code={stolen}", led_on(hall, other_back))
    refused(other.get(replayed), 401, "LOGIN_FAILED")  # and so is the provider's code


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(hall: Hall, provider: Provider) -> None:
    _browser, back = begun(hall, provider)  # threats H1: somebody else's login put under one's own
    victim, _own = begun(hall, provider)
    on = led_on(hall, back)
    asked = len(provider.asked)
    refused(victim.get(on), 401, "LOGIN_FAILED")
    refused(Client(hall.registry, REGISTRY).get(on), 401, "LOGIN_FAILED")
    refused(Client(hall.registry, REGISTRY).get("/dang-nhap/chung/xong"), 401, "LOGIN_FAILED")
    assert len(provider.asked) == asked


def test_an_answer_of_another_provider_is_refused(hall: Hall, provider: Provider) -> None:
    browser, back = begun(hall, provider)
    refused(
        browser.get(re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fkhac.example", led_on(hall, back))), 401, "LOGIN_FAILED"
    )


def test_whom_an_administrator_deactivated_stays_out(hall: Hall, provider: Provider) -> None:
    with writing(hall.house.registry) as session:
        session.get_one(Account, account(hall, "tiep-don").id).active = False
    refused(finished(hall, provider)[1], 401, "LOGIN_FAILED")


# --- when the provider is not as it should be ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://khac.example"},
        {"token_endpoint": "http://khac.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"padding": "x" * 300_000},
    ],
)
def test_a_provider_that_points_elsewhere_is_not_believed(
    hall: Hall, provider: Provider, wrong: dict[str, Any]
) -> None:
    provider.metadata = wrong
    refused(Client(hall.registry, REGISTRY).get(BEGIN), 503, "PROVIDER_AWAY")


@pytest.mark.parametrize("path", ["/keys", "/.well-known/openid-configuration"])
def test_a_provider_that_breaks_off_is_away(hall: Hall, provider: Provider, path: str) -> None:
    browser, back = begun(hall, provider)
    provider.broken = path
    refused(browser.get(led_on(hall, back)), 503, "PROVIDER_AWAY")


def test_a_provider_that_is_not_there_is_away(hall: Hall, provider: Provider) -> None:
    provider.stop()
    refused(Client(hall.registry, REGISTRY).get(BEGIN), 503, "PROVIDER_AWAY")
    provider.__post_init__()  # the fixture stops it again


def test_a_provider_that_is_silent_holds_few_threads_of_the_server(hall: Hall, provider: Provider) -> None:
    """threats H16: anybody may begin a login, and the desks need threads too"""
    provider.speaks.clear()
    answers: list[int] = []
    browsers = [Client(hall.registry, REGISTRY) for _number in range(20)]
    threads = [Thread(target=lambda b=b: answers.append(b.get(BEGIN).status_code)) for b in browsers]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 5
    while len(answers) < len(threads) - oidc.MOST and time.monotonic() < until:
        time.sleep(0.05)
    told, asked = list(answers), len(provider.asked)
    provider.speaks.set()
    for thread in threads:
        thread.join()
    assert (told, asked) == ([503] * (len(threads) - oidc.MOST), oidc.MOST)
    assert sorted(answers) == [302] * oidc.MOST + told


def test_without_the_setting_there_is_no_such_login(at: Callable[[str], Hall]) -> None:
    browser = at("draft").anybody()
    for path in (BEGIN, "/dang-nhap/chung/xong?code=x&state=y"):
        refused(browser.get(path), 404, "PROVIDER_OFF")
    assert BEGIN not in browser.get("/dang-nhap").get_data(as_text=True)


# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"BALLOT_OIDC_ISSUER": "http://idp.example"}, "BALLOT_OIDC_ISSUER"),
        ({"BALLOT_OIDC_ISSUER": ""}, "BALLOT_OIDC_ISSUER"),
        ({"BALLOT_OIDC_ISSUER": "https://a@idp.example"}, "BALLOT_OIDC_ISSUER"),
        ({"BALLOT_OIDC_ISSUER": "https://idp.example/?x"}, "BALLOT_OIDC_ISSUER"),
        ({"BALLOT_OIDC_CLIENT_ID": ""}, "BALLOT_OIDC_CLIENT_ID"),
        ({"BALLOT_OIDC_SECRET_FILE": "/khong-co"}, "BALLOT_OIDC_SECRET_FILE"),
        ({"BALLOT_OIDC_CA": "/khong-co"}, "BALLOT_OIDC_CA"),
    ],
)
def test_a_setting_that_is_not_safe_stops_the_start(
    prepared: Prepared, tmp_path: Path, change: dict[str, str], named: str
) -> None:
    (secret := tmp_path / "oidc.secret").write_text(SECRET)
    secret.chmod(0o600)
    environ = {
        "BALLOT_OIDC_ISSUER": "https://idp.example", "BALLOT_OIDC_CLIENT_ID": CLIENT,
        "BALLOT_OIDC_SECRET_FILE": str(secret),
    }  # fmt: skip
    assert Config.from_environ(environ).oidc is not None
    with pytest.raises(BadSetting, match=named):
        Config.from_environ({**environ, **change})


def test_a_secret_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    (secret := tmp_path / "oidc.secret").write_text(SECRET)
    secret.chmod(0o640)
    with pytest.raises(BadSetting, match="BALLOT_OIDC_SECRET_FILE"):
        Config.from_environ(
            {
                "BALLOT_OIDC_ISSUER": "https://x.example",
                "BALLOT_OIDC_CLIENT_ID": "x",
                "BALLOT_OIDC_SECRET_FILE": str(secret),
            }
        )
