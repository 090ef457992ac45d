"""Logging in through an identity provider: there, back, and in. Here live views only. Never here: a token kept.

The session cookie is SameSite=Strict, so the browser that comes from the provider shows none. The page that it comes
back to sets none either and leads on by itself, to an address of our own, which then sees the session that began it.
"""

from __future__ import annotations

import time

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.identity import oidc
from ballot.identity.login import (
    LIMITER,
    LOGIN_LIMIT,
    LoginFailed,
    begin_session,
    failed,
    needs_code,
    pass_second_factor,
)
from ballot.navigation import home
from ballot.views.here import house

blueprint = Blueprint("provider", __name__)
BEGUN, WAITS = "oidc", "oidc_waits"
MINUTES = 5
ANSWER = ("code", "state", "iss")


@blueprint.get("/dang-nhap/chung")
@allow(Who.ANYBODY)
def begin() -> Response:
    """Send the browser to the provider."""
    begun = oidc.begin(house(), back=_back())
    session[BEGUN] = begun.kept
    return redirect(begun.address)


@blueprint.get("/dang-nhap/chung/ve")
@allow(Who.ANYBODY)
def come_back() -> str:
    """Take the browser back and lead it on from an address of our own."""
    answer = {name: request.args[name][: oidc.LONGEST] for name in ANSWER if name in request.args}
    return render_template("provider/come_back.html", address=url_for("provider.finish", **answer))


@blueprint.get("/dang-nhap/chung/xong")
@allow(Who.ANYBODY)
def finish() -> Response:
    """Let in whom the provider vouches for, after their own second factor where they have one."""
    kept, now = session.pop(BEGUN, {}), int(time.time())
    account_id = oidc.finish(house(), request.args, kept, back=_back(), now=now)
    if needs_code(house(), account_id):
        session[WAITS] = [account_id, now + 60 * MINUTES]
        return redirect(url_for("provider.second_factor"))
    begin_session(pass_second_factor(house(), account_id, code="", now=now))
    return redirect(url_for(home()))


@blueprint.get("/dang-nhap/chung/ma")
@allow(Who.ANYBODY)
def second_factor() -> str:
    """Ask for the code."""
    return render_template("provider/second_factor.html")


@blueprint.post("/dang-nhap/chung/ma")
@allow(Who.ANYBODY)
@LIMITER.limit(LOGIN_LIMIT, key_func=lambda: f"provider {session.get(WAITS, [0])[0]}", deduct_when=failed)
def check_second_factor() -> Response:
    """Let them in by the code."""
    (account_id, until), now = session.get(WAITS, (0, 0)), int(time.time())
    if now > until:
        raise LoginFailed("login")
    begin_session(pass_second_factor(house(), account_id, code=request.form["code"], now=now))
    return redirect(url_for(home()))


def _back() -> str:
    return house().config.registry_origin + url_for("provider.come_back", _external=False)
