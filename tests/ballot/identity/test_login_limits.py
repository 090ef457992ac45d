"""Logging in and out under attack: guessing is slowed, a copied cookie dies with the session it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from itsdangerous import TimestampSigner

from ballot.identity.login import LIMITER
from tests.ballot.client import Client
from tests.ballot.hall import PASSWORD, Hall

Open = Callable[[str], Hall]
TRIES = 8


@pytest.fixture(autouse=True)
def nobody_has_failed_yet() -> Iterator[None]:
    yield
    LIMITER.reset()


def login(browser: Client, name: str, password: str) -> int:
    return browser.form("/dang-nhap", {"login": name, "password": password}).status_code


# threats A22
def test_after_eight_failures_a_login_name_must_wait_even_with_the_right_password(at: Open) -> None:
    browser = at("draft").anybody()
    assert [login(browser, "to-chuc-1", "sai mật khẩu") for _ in range(TRIES)] == [401] * TRIES
    assert login(browser, "to-chuc-1", PASSWORD) == 429


def test_one_login_name_being_guessed_does_not_keep_the_others_out(at: Open) -> None:
    hall = at("draft")
    for _ in range(TRIES + 1):
        login(hall.anybody(), "to-chuc-1", "sai mật khẩu")
    assert login(hall.anybody(), "tiep-don", PASSWORD) == 302


def test_logging_in_rightly_is_never_counted(at: Open) -> None:
    hall = at("draft")
    assert [login(hall.anybody(), "tiep-don", PASSWORD) for _ in range(TRIES + 4)] == [302] * (TRIES + 4)


# threats H2
def test_a_copied_cookie_ends_when_its_owner_logs_out(at: Open) -> None:
    owner, thief = (hall := at("draft")).person("to-chuc-1"), hall.anybody()
    cookie = owner.client.get_cookie("phien", domain="localhost")
    assert cookie is not None
    thief.client.set_cookie("phien", cookie.value, domain="localhost")
    assert thief.get("/dot-moi").status_code == 200
    owner.form("/dang-xuat", page="/")
    assert thief.get("/dot-moi").status_code == 302


# threats H2
@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 302)])
def test_a_session_ends_after_fifteen_minutes_without_an_act(
    at: Open, monkeypatch: pytest.MonkeyPatch, minutes: int, status: int
) -> None:
    owner, now = at("draft").person("to-chuc-1"), TimestampSigner.get_timestamp
    assert owner.get("/dot-moi").status_code == 200
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: now(signer) + 60 * minutes)
    assert owner.get("/dot-moi").status_code == status
