"""Who may enter each endpoint: declared beside the view, and the application refuses to start without a declaration.

Here lives the declaration and its enforcement, that no page of a round opens to another organisation, and none to
somebody who is rated in it. Never here: a role that is guessed from a URL.

| who | known by | does | never sees |
|---|---|---|---|
| administrator | account | accounts of the organisation, its log | a round, a roll, a result |
| organiser | account | catalogue, plans, rules, rounds, history, opinions, log; two for acts of two | others' rounds |
| desk | account | finds and confirms voters of a round, orders their slips | settings, lists, the log |
| issuer | account | reads what the issuers signed, to compare with `ballot issuer show` | names, photos, ballots |
| observer (MTTQ) | account | reads phase, sums of attendance, hashes, record, log; sends opinions | the roll, photos |
| reader | account | reads results and history of officials whom their managing authority manages | other officials |
| station | token from pairing with a desk | makes slips, voids them | names, accounts |
| committee member | token from an invitation | makes and uses their share of the key | the roll, issuing |
| issuer's process | secret of the link | signs blindly, keeps its own log | credentials, ballots |
| voter, own device | one-time login, then the slip | makes a slip before the freeze | the rest of the registry |
| anybody | nothing | booth, board, audit page: the box does not know who asks | the registry |

Somebody with the name of an official of a round is kept from all pages of that round, whatever their role; organisers,
desks and members may get a written exception of two persons (committee/), a reader comes in once it is counted and
sees of it their own line alone (onlookers/).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Flag, auto
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user

from ballot.committee import conflicts
from ballot.identity import organisations, second_factor
from tally.i18n import marked as _
from tally.protocol.errors import Refused

View = TypeVar("View", bound=Callable[..., Any])
_DECLARED, _FIRST = "ptn_access", "ptn_first"
PASSWORD_PAGE, FACTOR_PAGE = "myself.password", "myself.second_factor"


class Who(Flag):
    """Roles as a set. ANYBODY needs no account: public pages, and the box, which must not know who asks.

    Stations, committee members and issuers' processes are no accounts: a token of their own decides there.
    """

    ANYBODY = auto()
    ADMINISTRATOR = auto()
    ORGANISER = auto()
    DESK = auto()
    ISSUER = auto()
    OBSERVER = auto()
    READER = auto()

    STAFF = ORGANISER | DESK
    WATCHING = STAFF | ISSUER | OBSERVER
    ACCOUNT = ADMINISTRATOR | WATCHING | READER


class DutyFirst(Refused):
    """A one-time password must be changed, or a second factor set up, before anything else."""

    code = "DUTY_FIRST"
    text = _("Trước hết xin đổi mật khẩu tạm hoặc bật xác thực hai bước ở trang tài khoản của quý vị.")


class UndeclaredEndpoint(RuntimeError):
    """A view without an access declaration: a programming error that must not reach a hall."""


def allow(who: Who) -> Callable[[View], View]:
    """Declare who may call a view."""

    def declare(view: View) -> View:
        setattr(view, _DECLARED, who)
        return view

    return declare


def first(view: View) -> View:
    """Mark a view that is open to somebody who must still change a password or set up a second factor."""
    setattr(view, _FIRST, True)
    return view


def enforce(app: Flask) -> None:
    """Refuse to start with an undeclared endpoint, and refuse requests that its declaration does not allow."""
    missing = [rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None]
    if missing:
        raise UndeclaredEndpoint(", ".join(sorted(missing)))
    app.before_request(_check)


def declared(app: Flask, endpoint: str) -> Who | None:
    """Return the declaration of an endpoint; static files are public."""
    if endpoint == "static":
        return Who.ANYBODY
    return getattr(app.view_functions[endpoint], _DECLARED, None)


def is_one_of(who: Who) -> bool:
    """Say whether whoever asks now is logged in with one of these roles."""
    return current_user.is_authenticated and Who[current_user.role.upper()] in who


def _check() -> Any:
    if request.endpoint is None:
        return None
    who = declared(current_app, request.endpoint)
    if who is None:
        abort(403)
    if Who.ANYBODY in who:
        return None
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()
    if not is_one_of(who):
        abort(403)
    if (page := _duty()) and not getattr(current_app.view_functions[request.endpoint], _FIRST, False):
        if request.method == "POST":
            raise DutyFirst("account")
        return redirect(url_for(page))
    if uuid := (request.view_args or {}).get("uuid"):
        organisations.check_own(current_app.config["HOUSE"], uuid, current_user.actor.organisation_id)
        conflicts.check_account(current_app.config["HOUSE"], uuid, name=current_user.name, role=current_user.role)
    return None


def _duty() -> str:
    """Return the page where whoever is logged in must go first, or nothing."""
    if current_user.temporary:
        return PASSWORD_PAGE
    owed = second_factor.is_owed(
        current_app.config["HOUSE"], role=current_user.role, enrolled=current_user.second_factor
    )
    return FACTOR_PAGE if owed else ""
