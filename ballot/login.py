"""Logging in: Flask-Login over the registry's accounts, Argon2id passwords, one answer for every failure.

Here lives authentication. Never here: what an account may do (access.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_login import LoginManager, UserMixin
from sqlalchemy import select

from ballot.acts import Actor
from ballot.house import House
from ballot.models.registry import Account
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.protocol.errors import Refused

View = TypeVar("View", bound=Callable[..., Any])
HASHER = PasswordHasher()
LIMITER = Limiter(key_func=lambda: "", storage_uri="memory://")
LOGIN_LIMIT = "8 per minute; 60 per hour"
"""Failures per login name and process: by name, not by address, since a whole hall may share one (threats H28)."""
LEAST_CHARACTERS = 12
STATUS_REFUSED = 401
_LIVE = "ptn_live"
_NOBODY = HASHER.hash("nobody has this password, and checking it takes as long as any")


class LoginFailed(Refused):
    """Unknown login or wrong password: the answer does not tell which."""

    code = "LOGIN_FAILED"
    text = _("Tên đăng nhập hoặc mật khẩu chưa đúng. Xin quý vị thử lại.")


class WeakPassword(Refused):
    """Too short."""

    code = "WEAK_PASSWORD"
    text = _("Mật khẩu cần ít nhất {least} ký tự.")


def named_login() -> str:
    """Return the login name that a request tries."""
    return request.form.get("login", "")[:60]


def failed(response: Response) -> bool:
    """Say whether an answer is a refused login: only those count against the limit."""
    return response.status_code == STATUS_REFUSED


class User(UserMixin):
    """The logged-in account, as views see it."""

    def __init__(self, account: Account) -> None:
        self.actor = Actor.of(account)
        self.name = account.name
        self._sessions = account.sessions

    def get_id(self) -> str:
        """Return the account's id and how often it has logged out: an older cookie names an ended session."""
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


def install(app: Flask) -> None:
    """Give the application its login manager and its sessions."""
    app.session_interface = IdleSession()
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
    return User(account) if account and str(account.sessions) == sessions else None


def end_sessions(house: House, user: User) -> None:
    """Log an account out everywhere."""
    with writing(house.registry) as session:
        account = session.get(Account, user.actor.account_id)
        if account is not None:
            account.sessions += 1


def authenticate(house: House, login: str, password: str) -> User:
    """Return the user. Raises LoginFailed, after the same work whether the login exists or not. Source: threats A22."""
    with reading(house.registry) as session:
        account = session.scalar(select(Account).where(Account.login == login))
    try:
        HASHER.verify(account.password if account else _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        raise LoginFailed("login") from None
    if account is None:
        raise LoginFailed("login")
    return User(account)


def create_account(house: House, *, login: str, name: str, role: str, password: str) -> None:
    """Create an account. Raises WeakPassword."""
    if len(password) < LEAST_CHARACTERS:
        raise WeakPassword("password", least=LEAST_CHARACTERS)
    with writing(house.registry) as session:
        session.add(Account(login=login, name=name, role=role, password=HASHER.hash(password), sessions=0))
