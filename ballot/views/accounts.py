"""Log in and out. Here live views only. Never here: a password kept."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.login import LIMITER, LOGIN_LIMIT, authenticate, end_sessions, failed, named_login

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/dang-nhap")
@allow(Who.ANYBODY)
def login() -> str:
    """Show the form."""
    return render_template("accounts/login.html")


@blueprint.post("/dang-nhap")
@allow(Who.ANYBODY)
@LIMITER.limit(LOGIN_LIMIT, key_func=named_login, deduct_when=failed)
def check() -> Response:
    """Log in; the session begins anew, so that nobody can have prepared it."""
    user = authenticate(current_app.config["HOUSE"], request.form["login"], request.form["password"])
    session.clear()
    session.permanent = True
    login_user(user)
    return redirect(url_for("console.index"))


@blueprint.post("/dang-xuat")
@allow(Who.STAFF)
def logout() -> Response:
    """Log out and forget everything the browser kept."""
    end_sessions(current_app.config["HOUSE"], current_user)
    logout_user()
    session.clear()
    response = redirect(url_for("accounts.login"))
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
