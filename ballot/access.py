"""Who may enter each endpoint: declared beside the view, and the application refuses to start without a declaration.

Here lives the declaration and its enforcement. Never here: a role that is guessed from a URL.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
_DECLARED = "ptn_access"


class Who(StrEnum):
    """Everybody without exception, so far: the board is public. Further roles come with the registry."""

    ANYBODY = "anybody"


class UndeclaredEndpoint(RuntimeError):
    """A view without an access declaration: a programming error that must not reach a hall."""


def allow(who: Who) -> Callable[[View], View]:
    """Declare who may call a view."""

    def declare(view: View) -> View:
        setattr(view, _DECLARED, who)
        return view

    return declare


def enforce(app: Flask) -> None:
    """Refuse to start with an undeclared endpoint, and refuse requests to one."""
    missing = [rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None]
    if missing:
        raise UndeclaredEndpoint(", ".join(sorted(missing)))
    app.before_request(_check)


def declared(app: Flask, endpoint: str) -> Who | None:
    """Return the declaration of an endpoint; static files are public."""
    if endpoint == "static":
        return Who.ANYBODY
    return getattr(app.view_functions[endpoint], _DECLARED, None)


def _check() -> None:
    if request.endpoint is not None and declared(current_app, request.endpoint) is not Who.ANYBODY:
        abort(403)
