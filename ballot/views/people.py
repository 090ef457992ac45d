"""The administrators' pages: the accounts of their organisation. Here live views only. Never here: a rule."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.identity import accounts, organisations
from ballot.identity.accounts import Details
from ballot.storage import reading
from ballot.views.here import actor, house

blueprint = Blueprint("people", __name__, url_prefix="/tai-khoan")
ID = "<int(max=2147483647):account_id>"


@blueprint.get("/")
@allow(Who.ADMINISTRATOR)
def index() -> str:
    """List the organisation's accounts."""
    with reading(house().registry) as session:
        found = accounts.all_of(session, actor().organisation_id)
        organisation = organisations.name_of(session, actor().organisation_id)
    return render_template("people/index.html", accounts=found, names=accounts.NAMES, organisation=organisation)


@blueprint.get("/moi")
@allow(Who.ADMINISTRATOR)
def new() -> str:
    """Show the form of a new account."""
    return render_template("people/new.html", names=accounts.NAMES, provider=house().config.oidc)


@blueprint.post("/moi")
@allow(Who.ADMINISTRATOR)
def create() -> str:
    """Create an account and show its one-time password, once."""
    account_id, password = accounts.create(house(), request.form["login"].strip(), _details(), actor())
    return _password(account_id, password)


@blueprint.get(f"/{ID}/")
@allow(Who.ADMINISTRATOR)
def show(account_id: int) -> str:
    """Show one account and what can be done with it."""
    account = accounts.look_up(house(), account_id, actor())
    return render_template(
        "people/show.html",
        account=account,
        names=accounts.NAMES,
        provider=house().config.oidc,
        own=_is_own(account_id),
    )


@blueprint.post(f"/{ID}/")
@allow(Who.ADMINISTRATOR)
def change(account_id: int) -> Response:
    """Change what the form says."""
    accounts.change(house(), account_id, _details(), actor())
    return redirect(url_for("people.show", account_id=account_id))


@blueprint.post(f"/{ID}/ngung")
@allow(Who.ADMINISTRATOR)
def deactivate(account_id: int) -> Response:
    """End an account and its sessions."""
    accounts.deactivate(house(), account_id, actor())
    return redirect(url_for("people.show", account_id=account_id))


@blueprint.post(f"/{ID}/mo-lai")
@allow(Who.ADMINISTRATOR)
def activate(account_id: int) -> Response:
    """Let an account log in again."""
    accounts.activate(house(), account_id, actor())
    return redirect(url_for("people.show", account_id=account_id))


@blueprint.post(f"/{ID}/mat-khau")
@allow(Who.ADMINISTRATOR)
def reset_password(account_id: int) -> str:
    """Give an account a one-time password and show it, once."""
    return _password(account_id, accounts.reset_password(house(), account_id, actor()))


@blueprint.post(f"/{ID}/xac-thuc")
@allow(Who.ADMINISTRATOR)
def reset_second_factor(account_id: int) -> Response:
    """Take an account's second factor away."""
    accounts.reset_second_factor(house(), account_id, actor())
    return redirect(url_for("people.show", account_id=account_id))


def _password(account_id: int, password: str) -> str:
    account = accounts.look_up(house(), account_id, actor())
    return render_template("people/password.html", account=account, names=accounts.NAMES, password=password)


def _details() -> Details:
    """Read what a form may say; anything else in it, such as an organisation, is nobody's to say. Threats H6."""
    form = request.form
    return Details.checked(
        name=form["name"], role=form["role"], authority=form.get("authority", ""), subject=form.get("subject", "")
    )


def _is_own(account_id: int) -> bool:
    return account_id == actor().account_id
