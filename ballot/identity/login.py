"""Logging in: Flask-Login over the registry's accounts, Argon2id passwords, one answer for every failure.

Here lives authentication. Never here: what an account may do (access.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_login import LoginManager, UserMixin, login_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.house import House
from ballot.identity import passwords, second_factor
from ballot.identity.passwords import LEAST_CHARACTERS, WeakPassword
from ballot.models.registry.accounts import Account
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.protocol.errors import Refused

__all__ = ["LEAST_CHARACTERS", "WeakPassword"]
View = TypeVar("View", bound=Callable[..., Any])
LIMITER = Limiter(key_func=lambda: "", storage_uri="memory://")
LOGIN_LIMIT = "8 per minute; 60 per hour"
"""Failures per login name and process: by name, not by address, since a whole hall may share one (threats H28)."""
SET_BY = 60  # seconds by which a clock that was set differs from one that drifts
STATUS_REFUSED = 401
_LIVE = "ptn_live"


class LoginFailed(Refused):
    """Unknown or ended login, wrong password, wrong or missing second factor: the answer does not tell which."""

    code = "LOGIN_FAILED"
    text = _("Tên đăng nhập, mật khẩu hoặc mã xác thực chưa đúng. Xin quý vị thử lại.")


def named_login() -> str:
    """Return the login name that a request tries."""
    return request.form.get("login", "")[:60]


@dataclass
class _Clock:
    """How far the clock on the wall is from the one that only goes on; apart from a set clock they do not part."""

    apart: float = field(default_factory=lambda: time.time() - time.monotonic())

    def forget_failures_if_set(self) -> None:
        """Count failures anew once somebody set the clock: a count that ends a year ahead would lock people out.

        Source: threats I12, A22.
        """
        apart = time.time() - time.monotonic()
        if abs(apart - self.apart) > SET_BY:
            self.apart = apart
            LIMITER.reset()


def failed(response: Response) -> bool:
    """Say whether an answer is a refused login: only those count against the limit."""
    return response.status_code == STATUS_REFUSED


class User(UserMixin):
    """The logged-in account, as views see it."""

    def __init__(self, account: Account) -> None:
        self.actor = Actor.of(account)
        self.name, self.authority, self.language = account.name, account.authority, account.language
        self.temporary, self.second_factor = account.temporary, account.totp is not None
        self._sessions = account.sessions

    def get_id(self) -> str:
        """Return the account's id and how often its sessions were ended: an older cookie names an ended one."""
        return f"{self.actor.account_id}.{self._sessions}"

    @property
    def role(self) -> str:
        """The account's role."""
        return self.actor.role


def live(view: View) -> View:
    """Mark a view that a page asks every few seconds on its own: it does not count as somebody's activity."""
    setattr(view, _LIVE, True)
    return view


class IdleSession(SecureCookieSessionInterface):
    """Renews the session for what people do, not for a page that asks by itself, or nobody would ever be idle."""

    def should_set_cookie(self, app: Flask, session: Any) -> bool:
        """Say whether this answer renews the cookie."""
        by_itself = getattr(app.view_functions.get(request.endpoint or ""), _LIVE, False)
        return super().should_set_cookie(app, session) and (session.modified or not by_itself)

    def get_expiration_time(self, app: Flask, session: Any) -> None:
        """Give the cookie no end of its own: the time signed in it ends it here. Source: threats I12.

        A browser judges an end by its own clock, and a server that is a year behind could let nobody in.
        """


def install(app: Flask) -> None:
    """Give the application its login manager and its sessions."""
    app.session_interface = IdleSession()
    app.before_request(_Clock().forget_failures_if_set)
    LIMITER.init_app(app)
    manager = LoginManager(app)
    manager.login_view = "accounts.login"
    manager.login_message = None
    manager.session_protection = "strong"
    manager.user_loader(_load)


def _load(user_id: str) -> User | None:
    house: House = current_app.config["HOUSE"]
    number, _dot, sessions = user_id.partition(".")
    with reading(house.registry) as session:
        account = session.get(Account, int(number)) if number.isdecimal() else None
    return User(account) if account and account.active and str(account.sessions) == sessions else None


def begin_session(user: User) -> None:
    """Let somebody in; the session begins anew, so that nobody can have prepared it. Source: threats H2."""
    session.clear()
    session.permanent = True
    login_user(user)


def go_on(house: House, account_id: int) -> None:
    """Let whoever is logged in go on here, after an act of theirs that ended all sessions."""
    with reading(house.registry) as database:
        begin_session(User(database.get_one(Account, account_id)))


def end_sessions(house: House, user: User) -> None:
    """Log an account out everywhere."""
    with writing(house.registry) as session:
        account = session.get(Account, user.actor.account_id)
        if account is not None:
            account.sessions += 1


def authenticate(house: House, login: str, password: str, *, code: str = "", now: int = 0) -> User:
    """Return the user; `code` is of the second factor where the account has one, `now` in seconds since 1970.

    Raises LoginFailed, after the same work whether the login exists or not. Source: threats A22.
    """
    with reading(house.registry) as session:
        account = _alive(session.scalar(select(Account).where(Account.login == login)))
    right = passwords.is_right(account.password if account else None, password)
    if account is None or not right:
        raise LoginFailed("login")
    return User(account) if account.totp is None else pass_second_factor(house, account.id, code=code, now=now)


def pass_second_factor(house: House, account_id: int, *, code: str, now: int) -> User:
    """Return the user once their second factor, where they have one, is used up. Raises LoginFailed."""
    with writing(house.registry) as session:
        account = _alive(session.get(Account, account_id))
        if account is None or not second_factor.use(house, session, account, code, now=now):
            raise LoginFailed("login")
        return User(account)


def needs_code(house: House, account_id: int) -> bool:
    """Say whether an account has a second factor, for a login that does not ask for it in the same form."""
    with reading(house.registry) as session:
        account = session.get(Account, account_id)
        return account is not None and account.totp is not None


def _alive(account: Account | None) -> Account | None:
    return account if account and account.active else None


def create_account(
    house: House,
    organisation_id: int,
    *,
    login: str,
    name: str,
    role: str,
    password: str,
    authority: str = "",
    temporary: bool = False,
) -> int:
    """Create an account of an organisation and return its number. Raises WeakPassword."""
    with writing(house.registry) as session:
        row = add_account(session, organisation_id, login=login, name=name, role=role, password=password)
        row.authority, row.temporary = authority, temporary
        return row.id


def add_account(session: Session, organisation_id: int, *, login: str, name: str, role: str, password: str) -> Account:
    """Add an account's row. Raises WeakPassword."""
    passwords.check_length(password)
    row = Account(organisation_id=organisation_id, login=login, name=name, role=role, sessions=0, active=True)
    row.password, row.temporary = passwords.hashed(password), False
    row.totp, row.totp_pending, row.totp_step = None, None, 0
    row.authority, row.subject, row.language = "", None, ""
    session.add(row)
    session.flush()
    return row
