"""Log in and out. Here live views only. Never here: a password kept."""

from __future__ import annotations

import time

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from ballot.access import Who, allow, first
from ballot.identity.login import LIMITER, LOGIN_LIMIT, authenticate, begin_session, end_sessions, failed, named_login
from ballot.navigation import home
from ballot.views import here

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/dang-nhap")
@allow(Who.ANYBODY)
def login() -> str:
    """Show the form."""
    return render_template("accounts/login.html", provider=here.house().config.oidc)


@blueprint.post("/dang-nhap")
@allow(Who.ANYBODY)
@LIMITER.limit(LOGIN_LIMIT, key_func=named_login, deduct_when=failed)
def check() -> Response:
    """Log in, and go where this role begins."""
    house, form = here.house(), request.form
    user = authenticate(house, form["login"], form["password"], code=form.get("code", ""), now=int(time.time()))
    begin_session(user)
    return redirect(url_for(home()))


@blueprint.post("/dang-xuat")
@allow(Who.ACCOUNT)
@first
def logout() -> Response:
    """Log out and forget everything the browser kept."""
    end_sessions(here.house(), current_user)
    logout_user()
    session.clear()
    response = redirect(url_for("accounts.login"))
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
