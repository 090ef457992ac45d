"""Pages for a managing authority that reads results. Here live views only. Never here: another authority's line."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask_login import current_user

from ballot.access import Who, allow
from ballot.committee.conflicts import READER
from ballot.history import pages
from ballot.history.onlooker import Onlooker
from ballot.onlookers import readers
from ballot.onlookers.readers import Reader
from ballot.views.here import house, today

blueprint = Blueprint("readers", __name__, url_prefix="/doc-ket-qua")


@blueprint.get("/")
@allow(Who.READER)
def index() -> str:
    """List the counted rounds in which somebody of this authority was rated."""
    return render_template("readers/index.html", rounds=readers.rounds_of(house(), _reader()))


@blueprint.get("/<uuid>/")
@allow(Who.READER)
def show(uuid: str) -> str:
    """Show the lines of this authority's officials."""
    return render_template("readers/show.html", reading=readers.read(house(), uuid, _reader()))


@blueprint.get("/lich-su/")
@allow(Who.READER)
def people() -> str:
    """List everybody of this authority with the rounds in which they were rated."""
    found = pages.everybody(house(), _onlooker(), today())
    return render_template("readers/people.html", found=found)


@blueprint.get("/lich-su/<history_key>")
@allow(Who.READER)
def person(history_key: str) -> str:
    """Show one person's rounds, as far as this authority may see them."""
    return render_template("readers/person.html", **pages.of_one(house(), _onlooker(), history_key, today()))


@blueprint.get("/lich-su/<history_key>/bieu-do-<int(max=99):number>.svg")
@allow(Who.READER)
def picture(history_key: str, number: int) -> Response:
    """Draw one person's rounds in one post."""
    return Response(pages.picture(house(), _onlooker(), history_key, number, today()), mimetype="image/svg+xml")


def _onlooker() -> Onlooker:
    return Onlooker(current_user.actor.organisation_id, current_user.name, READER, current_user.authority)


def _reader() -> Reader:
    return Reader(current_user.actor.organisation_id, current_user.authority, current_user.name)
