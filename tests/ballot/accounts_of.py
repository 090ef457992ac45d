"""Accounts for tests: one of every role, another organisation's, codes of a second factor. Never here: a test."""

from __future__ import annotations

import re
import time
from typing import Any

import pyotp

from ballot.identity.login import create_account
from ballot.models.registry.accounts import Account
from ballot.models.registry.acts import AuditEntry
from ballot.storage import reading
from tests.ballot.client import Client
from tests.ballot.hall import PASSWORD, Hall

AUTHORITY = "Ban Thường vụ Tỉnh ủy (thử)"
STRONG = "ngựa đồng sương mai bảy lá cờ"
MYSELF, FACTOR = "/tai-khoan/cua-toi/mat-khau", "/tai-khoan/cua-toi/xac-thuc"
LOGINS = {
    "administrator": "quan-tri",
    "organiser": "to-chuc-1",
    "desk": "tiep-don",
    "issuer": "cap-the",
    "observer": "giam-sat",
    "reader": "doc-ket-qua",
}


def with_every_role(hall: Hall, organisation_id: int = 1, suffix: str = "") -> dict[str, int]:
    """Make an account of every role that is not there yet; return their numbers by role."""
    found = {}
    for role, login in LOGINS.items():
        if suffix or role not in ("organiser", "desk"):
            create_account(
                hall.house, organisation_id, login=login + suffix, name=f"Người {login}{suffix}", role=role,
                password=PASSWORD, authority=AUTHORITY if role == "reader" else "",
            )  # fmt: skip
        found[role] = hall.actor(login + suffix).account_id
    return found


def login(hall: Hall, name: str, password: str = PASSWORD, code: str = "") -> tuple[Client, Any]:
    browser = hall.anybody()
    return browser, browser.form("/dang-nhap", {"login": name, "password": password, "code": code})


def account(hall: Hall, name: str) -> Account:
    with reading(hall.house.registry) as session:
        return session.query(Account).filter_by(login=name).one()


def acts(hall: Hall) -> list[tuple[str, str, str]]:
    """Return (actor, act, subject) of every entry of the log, oldest first."""
    with reading(hall.house.registry) as session:
        return [(e.actor, e.act, e.subject) for e in session.query(AuditEntry).order_by(AuditEntry.height)]


def shown_password(answer: Any) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return str(re.search(r'class="secret-shown">([^<]+)<', answer.get_data(as_text=True))[1])


def _step_with_time_left(seconds: float = 6.0) -> int:
    """Return the step of TOTP that it is now, once it lasts: the oldest code taken must not end before it arrives."""
    left = 30 - time.time() % 30
    if left < seconds:
        time.sleep(left)
    return int(time.time()) // 30


class Phone:
    """An authenticator that was enrolled on somebody's own page, and the recovery codes that it was given."""

    def __init__(self, browser: Client, password: str = PASSWORD) -> None:
        assert browser.form(FACTOR, {"password": password}, page=FACTOR).status_code == 302
        shown = browser.get(FACTOR).get_data(as_text=True)
        self.secret = re.search(r'class="hash typed">([^<]+)<', shown)[1].replace(" ", "")
        self.used = _step_with_time_left() - 2
        answer = browser.form(f"{FACTOR}/xac-nhan", {"code": self.code()}, page=FACTOR)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        self.recovery = re.findall(r"<li>([a-z0-9-]{19})</li>", answer.get_data(as_text=True))

    def code(self, away: int | None = None) -> str:
        """Return a code that the server takes now and was not used, or one that is `away` steps from now."""
        self.used = self.used + 1 if away is None else int(time.time()) // 30 + away
        return pyotp.TOTP(self.secret).generate_otp(self.used)
