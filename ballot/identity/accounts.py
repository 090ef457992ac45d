"""Accounts of one organisation, as its administrators keep them: made, renamed, ended, given a new password.

Here live these acts, each in the log. Never here: an account of another organisation, or one's own role.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.house import House
from ballot.identity import passwords, second_factor
from ballot.identity.leaving import forget_asked
from ballot.identity.login import add_account
from ballot.log import audit
from ballot.models.registry.accounts import ROLES, Account
from ballot.storage import reading, writing
from ballot.vietnamese import by_given_name
from tally.i18n import marked as _
from tally.protocol.composing import composed
from tally.protocol.encoding import text
from tally.protocol.errors import Refused, WrongShape

ADMINISTRATOR, READER = "administrator", "reader"
LONGEST_NAME, LONGEST_AUTHORITY, LONGEST_SUBJECT = 200, 400, 200
NAMES = {
    "administrator": _("Quản trị tài khoản"),
    "organiser": _("Ban tổ chức"),
    "desk": _("Bàn tiếp đón"),
    "issuer": _("Phụ trách máy cấp phiếu"),
    "observer": _("Giám sát (Mặt trận Tổ quốc)"),
    "reader": _("Đọc kết quả (cấp quản lý cán bộ)"),
}
"""The roles as pages call them, in the order of the form."""
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}\Z")


class NoSuchAccount(Refused):
    """No account of this organisation: another organisation's is none."""

    code = "NO_SUCH_ACCOUNT"
    text = _("Không có tài khoản này.")


class AuthorityMissing(Refused):
    """A reader without a managing authority would see nothing."""

    code = "AUTHORITY_MISSING"
    text = _("Người đọc kết quả cần có cấp quản lý cán bộ, ghi đúng như trong danh mục. Chưa có gì thay đổi.")


class LoginTaken(Refused):
    """Logins are names of the whole installation."""

    code = "LOGIN_TAKEN"
    text = _("Tên đăng nhập này đã có người dùng. Xin chọn tên khác; chưa có gì được tạo.")


class SubjectTaken(Refused):
    """One person at the identity provider is one account."""

    code = "SUBJECT_TAKEN"
    text = _("Mã người dùng của hệ thống đăng nhập chung này đã gắn với một tài khoản khác.")


class OwnRole(Refused):
    """Nobody gives themselves another role, or ends their own account by mistake."""

    code = "OWN_ROLE"
    text = _("Không ai tự đổi nhiệm vụ hoặc tự ngừng tài khoản của mình. Xin nhờ một quản trị khác.")


class LastAdministrator(Refused):
    """Somebody must be left who can make accounts."""

    code = "LAST_ADMINISTRATOR"
    text = _("Đây là quản trị duy nhất đang hoạt động. Xin tạo một quản trị khác trước; chưa có gì thay đổi.")


@dataclass(frozen=True, slots=True)
class Details:
    """What a form says of an account; `authority` counts for readers, `subject` where an identity provider is used."""

    name: str
    role: str
    authority: str = ""
    subject: str = ""

    @classmethod
    def checked(cls, *, name: str, role: str, authority: str = "", subject: str = "") -> Details:
        """Return details that can be stored. Raises BadText, WrongShape, AuthorityMissing."""
        if role not in ROLES:
            raise WrongShape("role", expected=" / ".join(ROLES))
        if role == READER and not tidy(authority):
            raise AuthorityMissing("authority")
        return cls(
            text(tidy(name), "name", limit=LONGEST_NAME),
            role,
            text(tidy(authority), "authority", limit=LONGEST_AUTHORITY, empty=True),
            text(subject.strip(), "subject", limit=LONGEST_SUBJECT, empty=True),
        )


def all_of(session: Session, organisation_id: int) -> list[Account]:
    """Return an organisation's accounts: active ones first, by role and given name."""
    found = session.scalars(select(Account).where(Account.organisation_id == organisation_id))
    return sorted(found, key=lambda a: (not a.active, ROLES.index(a.role), by_given_name(a.name), a.login))


def find(session: Session, organisation_id: int, account_id: int) -> Account:
    """Return an account of this organisation. Raises NoSuchAccount. Source: threats H5."""
    mine = select(Account).where(Account.id == account_id, Account.organisation_id == organisation_id)
    found = session.scalar(mine)
    if found is None:
        raise NoSuchAccount("account")
    return found


def look_up(house: House, account_id: int, actor: Actor) -> Account:
    """Return an account for its administrator to look at. Raises NoSuchAccount."""
    with reading(house.registry) as session:
        return find(session, actor.organisation_id, account_id)


def create(house: House, login: str, details: Details, actor: Actor) -> tuple[int, str]:
    """Create an account; return its number and its one-time password, which is kept nowhere in clear.

    Raises WrongShape, LoginTaken, SubjectTaken.
    """
    with writing(house.registry) as session:
        return add(session, actor.organisation_id, login, details, by=actor.login)


def add(session: Session, organisation_id: int, login: str, details: Details, *, by: str) -> tuple[int, str]:
    """Create an account in the caller's transaction. Raises WrongShape, LoginTaken, SubjectTaken."""
    if not _LOGIN.match(login):
        raise WrongShape("login", expected="a…z 0…9 . _ - (3…60)")
    if session.scalar(select(Account.id).where(Account.login == login)):
        raise LoginTaken("login")
    password = passwords.drawn()
    row = add_account(session, organisation_id, login=login, name=details.name, role=details.role, password=password)
    row.temporary, row.authority = True, details.authority
    _set_subject(session, row, details.subject)
    _record(session, row, by, "account-create", f"role={row.role}")
    return row.id, password


def change(house: House, account_id: int, details: Details, actor: Actor) -> None:
    """Change name, role, authority, subject; a new role or subject ends sessions. Raises OwnRole…"""
    with writing(house.registry) as session:
        row = find(session, actor.organisation_id, account_id)
        if row.role != details.role:
            _check_may_leave(session, row, actor)
            row.role, row.sessions = details.role, row.sessions + 1
            forget_asked(session, row)
        row.name, row.authority, before = details.name, details.authority, row.subject
        _set_subject(session, row, details.subject)
        _record(session, row, actor.login, "account-change", f"role={row.role} name={row.name}")
        if row.subject != before:  # somebody else may come in by it: as with a new password, and it is told
            row.sessions += 1
            _record(session, row, actor.login, "account-subject")


def deactivate(house: House, account_id: int, actor: Actor) -> None:
    """End an account at once, with its sessions and what it asked for alone. Raises OwnRole, LastAdministrator."""
    with writing(house.registry) as session:
        row = find(session, actor.organisation_id, account_id)
        if row.active:
            _check_may_leave(session, row, actor)
            row.active, row.sessions = False, row.sessions + 1
            forget_asked(session, row)
            _record(session, row, actor.login, "account-deactivate")


def activate(house: House, account_id: int, actor: Actor) -> None:
    """Let an account log in again, with the password that it had."""
    with writing(house.registry) as session:
        row = find(session, actor.organisation_id, account_id)
        if not row.active:
            row.active = True
            _record(session, row, actor.login, "account-activate")


def reset_password(house: House, account_id: int, actor: Actor) -> str:
    """Return a one-time password, which must be changed at the next login; sessions end. Raises OwnRole for oneself."""
    if account_id == actor.account_id:
        raise OwnRole("password")  # one's own page asks for the old one: who found an open session has no business here
    with writing(house.registry) as session:
        return renew_password(session, find(session, actor.organisation_id, account_id), by=actor.login)


def renew_password(session: Session, row: Account, *, by: str) -> str:
    """Give an account a one-time password in the caller's transaction, and return it."""
    password = passwords.drawn()
    row.password, row.temporary, row.sessions = passwords.hashed(password), True, row.sessions + 1
    _record(session, row, by, "password-reset")
    return password


def rescue(session: Session, row: Account, *, by: str) -> str:
    """Let somebody in again who lost everything: a one-time password, no second factor, active. Return the password."""
    second_factor.remove(session, row)
    row.active = True
    return renew_password(session, row, by=by)


def reset_second_factor(house: House, account_id: int, actor: Actor) -> None:
    """Take away the second factor of somebody who lost device and codes; sessions end. Raises OwnRole for oneself."""
    if account_id == actor.account_id:
        raise OwnRole("second_factor")  # one's own page does that, and asks for the password
    with writing(house.registry) as session:
        row = find(session, actor.organisation_id, account_id)
        second_factor.remove(session, row)
        row.sessions += 1
        _record(session, row, actor.login, "second-factor-reset")


def _check_may_leave(session: Session, row: Account, actor: Actor) -> None:
    if row.id == actor.account_id:
        raise OwnRole("role")
    if row.role == ADMINISTRATOR and row.active and _administrators(session, row.organisation_id) < 2:
        raise LastAdministrator("role")


def _administrators(session: Session, organisation_id: int) -> int:
    mine = select(func.count()).where(Account.organisation_id == organisation_id, Account.active.is_(True))
    return session.scalar(mine.where(Account.role == ADMINISTRATOR)) or 0


def _set_subject(session: Session, row: Account, subject: str) -> None:
    if subject and session.scalar(select(Account.id).where(Account.subject == subject, Account.id != row.id)):
        raise SubjectTaken("subject")
    row.subject = subject or None


def tidy(value: str) -> str:
    """Return a text as it is kept: composed, blanks single. Raises BadText."""
    return composed(" ".join(value.split()), "text")


def _record(session: Session, row: Account, by: str, act: str, what: str = "") -> None:
    subject: Any = f"{row.login} {what}".rstrip()
    audit.record(session, row.organisation_id, actor=by, act=act, subject=subject)
