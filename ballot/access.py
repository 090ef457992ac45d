"""Who may enter each endpoint: declared beside the view, and the application refuses to start without a declaration.

Here lives the declaration and its enforcement, and that no page of a round opens to somebody who is rated in it.
Never here: a role that is guessed from a URL.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Flag, auto
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask_login import current_user

from ballot import conflicts

View = TypeVar("View", bound=Callable[..., Any])
_DECLARED = "ptn_access"


class Who(Flag):
    """Roles as a set. ANYBODY needs no account: public pages, and the box, which must not know who asks."""

    ANYBODY = auto()
    ORGANISER = auto()
    DESK = auto()

    STAFF = ORGANISER | DESK


class UndeclaredEndpoint(RuntimeError):
    """A view without an access declaration: a programming error that must not reach a hall."""


def allow(who: Who) -> Callable[[View], View]:
    """Declare who may call a view."""

    def declare(view: View) -> View:
        setattr(view, _DECLARED, who)
        return view

    return declare


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
    if uuid := (request.view_args or {}).get("uuid"):
        conflicts.check_account(current_app.config["HOUSE"], uuid, name=current_user.name, role=current_user.role)
    return None
