"""The desk's pages: find a voter, confirm, hand over to the station. Never here: a credential."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from flask_login import current_user

from ballot.access import Who, allow
from ballot.acts import find_round
from ballot.checkin import attendance, check_in, search
from ballot.models.registry import Voter
from ballot.storage import reading

blueprint = Blueprint("desk", __name__)


@blueprint.get("/dot/<uuid>/ban")
@allow(Who.STAFF)
def index(uuid: str) -> str:
    """Show the roll, or who matches what was typed."""
    typed = request.args.get("tim", "")
    with reading(current_app.config["HOUSE"].registry) as session:
        row = find_round(session, uuid)
        found, present = search(session, row, typed), attendance(session, row)
    return render_template("desk/index.html", round=row, voters=found, typed=typed, attendance=present)


@blueprint.post("/dot/<uuid>/ban/<int(max=2147483647):voter_id>")
@allow(Who.STAFF)
def confirm(uuid: str, voter_id: int) -> str:
    """Mark a voter present and show the station's one-time code."""
    house = current_app.config["HOUSE"]
    code = check_in(house, uuid, voter_id, current_user.actor)
    with reading(house.registry) as session:
        row, voter = find_round(session, uuid), session.get(Voter, voter_id)
    return render_template("desk/confirmed.html", round=row, voter=voter, code=code)
