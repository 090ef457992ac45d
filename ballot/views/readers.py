"""Pages for a managing authority that reads results. Here live views only. Never here: another authority's line."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask_login import current_user

from ballot import readers
from ballot.access import Who, allow
from ballot.house import House
from ballot.readers import Reader

blueprint = Blueprint("readers", __name__, url_prefix="/doc-ket-qua")


@blueprint.get("/")
@allow(Who.READER)
def index() -> str:
    """List the counted rounds in which somebody of this authority was rated."""
    return render_template("readers/index.html", rounds=readers.rounds_of(_house(), _reader()))


@blueprint.get("/<uuid>/")
@allow(Who.READER)
def show(uuid: str) -> str:
    """Show the lines of this authority's officials."""
    return render_template("readers/show.html", reading=readers.read(_house(), uuid, _reader()))


def _reader() -> Reader:
    return Reader(current_user.actor.organisation_id, current_user.authority, current_user.name)


def _house() -> House:
    return current_app.config["HOUSE"]
