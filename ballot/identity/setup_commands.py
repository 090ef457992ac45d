"""What whoever runs the machine does before anybody can log in: found an organisation, make or rescue an account.

Here live arguments and what is shown. Never here: a password in an argument or in the environment.
"""

from __future__ import annotations

import os
import sys

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.config import Config
from ballot.house import House
from ballot.identity import accounts, organisations, passwords
from ballot.identity.accounts import ADMINISTRATOR, Details, NoSuchAccount
from ballot.log import audit
from ballot.models.registry.accounts import ROLES, Account, Organisation
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.i18n import translate
from tally.screen import Screen

OPERATOR = "máy chủ"
"""Whom the log names for what was done at the machine itself; no login is spelled like this."""
ASK = click.option("--ask-password", "ask", is_flag=True, help=_("Hỏi mật khẩu thay vì in một mật khẩu tạm."))
NAME = click.option("--name", default="", help=_("Họ và tên; không có thì dùng tên đăng nhập."))


@click.group("organisation", help=_("Đơn vị dùng chung máy chủ này; mỗi đơn vị không thấy gì của đơn vị khác."))
def organisation() -> None:
    """Hold the commands about organisations together."""


@organisation.command("add", help=_("Lập một đơn vị cùng tài khoản quản trị đầu tiên của nó."))
@click.argument("title", metavar="TÊN")
@click.option("--admin", "login", required=True, help=_("Tên đăng nhập của quản trị đầu tiên."))
@NAME
@ASK
def add_organisation(title: str, login: str, name: str, ask: bool) -> None:
    """Found an organisation with its first administrator, both or neither."""
    title, details = accounts.tidy(title), Details.checked(name=name or login, role=ADMINISTRATOR)
    chosen = _chosen(ask, login, title)
    house = House.open(Config.from_environ(os.environ))  # where no installation is, this is how one begins
    with writing(house.registry) as session:
        number = organisations.add(session, title)
        audit.record(session, number, actor=OPERATOR, act="organisation-found", subject=title)
        password = _made(session, number, login, details, chosen)
    _say(_("Đã lập đơn vị số {number}: {title}"), number=number, title=title)
    _show(login, password)


@organisation.command("list", help=_("Các đơn vị trên máy chủ này."))
def list_organisations() -> None:
    """Show number and name of every organisation."""
    with reading(_house().registry) as session:
        for row in session.scalars(select(Organisation).order_by(Organisation.id)):
            Screen().say(f"{row.id:>4}  {row.name}")


@click.group("account", help=_("Tài khoản, khi chưa ai đăng nhập được để tạo hoặc cứu tài khoản."))
def account() -> None:
    """Hold the commands about accounts together."""


@account.command("add", help=_("Tạo một tài khoản của một đơn vị."))
@click.argument("login", metavar="LOGIN")
@click.option("--organisation", "number", type=int, required=True, help=_("Số của đơn vị (ballot organisation list)."))
@click.option("--role", type=click.Choice(ROLES), required=True, help=_("Nhiệm vụ."))
@click.option("--authority", default="", help=_("Cấp quản lý cán bộ, chỉ với người đọc kết quả."))
@NAME
@ASK
def add_account(login: str, number: int, *, role: str, authority: str, name: str, ask: bool) -> None:
    """Create an account."""
    details = Details.checked(name=name or login, role=role, authority=authority)
    house = _house()
    with reading(house.registry) as session:
        title = organisations.check_exists(session, number)
    chosen = _chosen(ask, login, title)
    with writing(house.registry) as session:
        password = _made(session, number, login, details, chosen)
    _show(login, password)


@account.command("reset", help=_("Cấp mật khẩu tạm cho một tài khoản, gỡ xác thực hai bước và mở lại nếu đã ngừng."))
@click.argument("login", metavar="LOGIN")
def reset_account(login: str) -> None:
    """Rescue an account: a one-time password, no second factor, active."""
    with writing(_house().registry) as session:
        row = session.scalar(select(Account).where(Account.login == login))
        if row is None:
            raise NoSuchAccount(login)
        password = accounts.rescue(session, row, by=OPERATOR)
    _show(login, password)


def _made(session: Session, number: int, login: str, details: Details, chosen: str) -> str:
    """Make an account with the password that was chosen, or return a one-time one."""
    account_id, password = accounts.add(session, number, login, details, by=OPERATOR)
    if not chosen:
        return password
    row = session.get_one(Account, account_id)
    row.password, row.temporary = passwords.hashed(chosen), False
    return ""


def _chosen(ask: bool, *known: str) -> str:
    """Ask for a password, without echo from a person, one line from a program. Raises WeakPassword…"""
    if not ask:
        return ""
    if sys.stdin.isatty():
        chosen = str(click.prompt(translate(_("Mật khẩu mới")), hide_input=True, confirmation_prompt=True))
    else:
        chosen = sys.stdin.readline().rstrip("\r\n")
    passwords.check_strength(chosen, known=known)
    return chosen


def _show(login: str, password: str) -> None:
    house = Config.from_environ(os.environ)
    _say(_("Trang đăng nhập: {address}"), address=f"{house.registry_origin}/dang-nhap")
    _say(_("Tên đăng nhập: {login}"), login=login)
    if password:
        _say(_("Mật khẩu tạm, chỉ hiện một lần, phải đổi khi đăng nhập: {password}"), password=password)


def _house() -> House:
    """Open the installation that is here. Raises InstanceMissing."""
    return House.existing(Config.from_environ(os.environ))


def _say(sentence: str, **details: object) -> None:
    Screen().say(translate(sentence).format(**details))
