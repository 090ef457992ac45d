"""Everybody's own page: password, language, second factor. Here live views only. Never here: another's account."""

from __future__ import annotations

import time

import segno
from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ballot.access import Who, allow, first
from ballot.identity import organisations, own_account
from ballot.identity import second_factor as factor
from ballot.identity.accounts import NAMES
from ballot.identity.login import LIMITER, LOGIN_LIMIT, begin_session, go_on
from ballot.navigation import home
from ballot.storage import reading
from ballot.views.here import actor, house
from tally.i18n import languages

blueprint = Blueprint("myself", __name__, url_prefix="/tai-khoan/cua-toi")
STATUS_WRONG = 403


def _wrong(response: Response) -> bool:
    """Say whether a password was wrong: somebody who found an open session may not guess it either."""
    return response.status_code == STATUS_WRONG


ONE_PERSON = LIMITER.shared_limit(
    LOGIN_LIMIT, scope="own-password", key_func=lambda: str(current_user.actor.account_id), deduct_when=_wrong
)


@blueprint.get("/")
@allow(Who.ACCOUNT)
def show() -> str:
    """Show one's own account."""
    with reading(house().registry) as database:
        organisation = organisations.name_of(database, actor().organisation_id)
    return render_template("myself/show.html", names=NAMES, organisation=organisation, languages=languages())


@blueprint.get("/mat-khau")
@allow(Who.ACCOUNT)
@first
def password() -> str:
    """Show the form of a new password."""
    return render_template("myself/password.html")


@blueprint.post("/mat-khau")
@allow(Who.ACCOUNT)
@first
@ONE_PERSON
def change_password() -> AnyResponse:
    """Change the password; all other sessions end, this one goes on."""
    form = request.form
    user = own_account.change_password(house(), actor(), old=form["old"], new=form["new"], again=form["again"])
    begin_session(user)
    return redirect(url_for(home()))


@blueprint.post("/ngon-ngu")
@allow(Who.ACCOUNT)
def language() -> AnyResponse:
    """Keep a language."""
    own_account.choose_language(house(), actor(), request.form["language"])
    session.pop("language", None)  # what was asked for in this session gives way
    return redirect(url_for("myself.show"))


@blueprint.get("/xac-thuc")
@allow(Who.ACCOUNT)
@first
def second_factor() -> str:
    """Show the second factor: on, being set up, or off."""
    begun = factor.enrolment(house(), actor())
    picture = segno.make(begun.address, error="m").svg_data_uri(scale=6, border=4) if begun else ""
    owed = factor.is_owed(house(), role=current_user.role, enrolled=False)
    return render_template("myself/second_factor.html", begun=begun, picture=picture, owed=owed)


@blueprint.post("/xac-thuc")
@allow(Who.ACCOUNT)
@first
@ONE_PERSON
def begin() -> AnyResponse:
    """Begin with a new device."""
    own_account.check_password(house(), actor(), request.form["password"])
    factor.begin(house(), actor())
    return redirect(url_for("myself.second_factor"))


@blueprint.post("/xac-thuc/xac-nhan")
@allow(Who.ACCOUNT)
@first
def confirm() -> str:
    """Turn the new device on by its code and show the recovery codes, once; all other sessions end."""
    codes = factor.confirm(house(), actor(), request.form["code"], now=int(time.time()))
    go_on(house(), actor().account_id)
    return render_template("myself/recovery_codes.html", codes=codes)


@blueprint.post("/xac-thuc/bo")
@allow(Who.ACCOUNT)
@first
def forget_begun() -> AnyResponse:
    """Drop a device that was not confirmed."""
    factor.forget_begun(house(), actor())
    return redirect(url_for("myself.second_factor"))


@blueprint.post("/xac-thuc/ma-du-phong")
@allow(Who.ACCOUNT)
@ONE_PERSON
def renew_recovery_codes() -> str:
    """Show ten new recovery codes, once."""
    own_account.check_password(house(), actor(), request.form["password"])
    return render_template("myself/recovery_codes.html", codes=factor.renew_recovery_codes(house(), actor()))


@blueprint.post("/xac-thuc/tat")
@allow(Who.ACCOUNT)
@ONE_PERSON
def turn_off() -> AnyResponse:
    """Do without a second factor; all other sessions end."""
    own_account.check_password(house(), actor(), request.form["password"])
    factor.turn_off(house(), actor())
    go_on(house(), actor().account_id)
    return redirect(url_for("myself.second_factor"))
