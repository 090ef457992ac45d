"""The desk's pages: find a voter, see them, confirm, order, take back; the desk's station and its open slips.

Here live views only. Never here: a credential, a rule, or a time.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.acts import find_round
from ballot.desk import checkin
from ballot.desk.attendance import attendance
from ballot.desk.finding import addressed, search
from ballot.desk.panel import listed, panel, station_state
from ballot.identity.login import live
from ballot.slips import counts, orders, stations
from ballot.storage import reading
from ballot.views.here import house
from tally.protocol.errors import WrongShape

blueprint = Blueprint("desk", __name__)
VOTER = "<int(max=2147483647):voter_id>"


@blueprint.get("/dot/<uuid>/ban")
@allow(Who.STAFF)
def index(uuid: str) -> Any:
    """Show who matches what was typed; a scanned badge or a whole reference opens its voter at once."""
    typed = request.args.get("tim", "").strip()
    with reading(house().registry) as session:
        row = find_round(session, uuid)
        meant = addressed(session, row, typed)
        if meant is not None:
            return redirect(url_for("desk.voter", uuid=uuid, voter_id=meant.id))
        found, present = search(session, row, typed), attendance(session, row)
        mine = counts.open_orders(session, row, current_user.actor.account_id)
        paired = stations.station_of(session, row, current_user.actor.account_id) is not None
        shown = {"found": found, "typed": typed, "attendance": present, "paired": paired}
        return render_template("desk/index.html", round=row, slips=listed(session, mine), **shown)


@blueprint.get(f"/dot/<uuid>/ban/{VOTER}")
@allow(Who.STAFF)
def voter(uuid: str, voter_id: int) -> str:
    """Show one voter of this round, and what may be done now."""
    with reading(house().registry) as session:
        row = find_round(session, uuid)
        seen = panel(session, row, checkin.find_voter(session, row, voter_id))
        paired = stations.station_of(session, row, current_user.actor.account_id) is not None
    return render_template("desk/voter.html", round=row, panel=seen, voter=seen.voter, paired=paired)


@blueprint.post(f"/dot/<uuid>/ban/{VOTER}")
@allow(Who.STAFF)
def confirm(uuid: str, voter_id: int) -> Response:
    """Mark a voter present and order the slip."""
    return _check_in(uuid, voter_id, order=True)


@blueprint.post(f"/dot/<uuid>/ban/{VOTER}/<act>")
@allow(Who.STAFF)
def act(uuid: str, voter_id: int, act: str) -> Response:
    """Do one further act about a voter."""
    if act == "co-mat":
        return _check_in(uuid, voter_id, order=False)
    if act not in ACTS:
        raise WrongShape("act", expected=" / ".join(("co-mat", *ACTS)))
    ACTS[act](house(), uuid, voter_id, current_user.actor)
    return redirect(url_for("desk.voter", uuid=uuid, voter_id=voter_id))


ACTS = {"cap-the": checkin.order_slip, "doi-the": orders.order_replacement, "xin-huy": checkin.undo}


@blueprint.get(f"/dot/<uuid>/ban/{VOTER}/the.json")
@allow(Who.STAFF)
@live
def slip(uuid: str, voter_id: int) -> Any:
    """Say how far this voter's slip is."""
    with reading(house().registry) as session:
        row = find_round(session, uuid)
        seen = panel(session, row, checkin.find_voter(session, row, voter_id))
    return jsonify(words=seen.words, waiting=seen.waiting)


@blueprint.get("/dot/<uuid>/ban/tram.json")
@allow(Who.STAFF)
@live
def station(uuid: str) -> Any:
    """Say whether this desk has a station, and how far each of its open slips is."""
    account_id = current_user.actor.account_id
    with reading(house().registry) as session:
        row = find_round(session, uuid)
        mine = counts.open_orders(session, row, account_id)
        return jsonify(**station_state(session, row, account_id), orders=listed(session, mine))


@blueprint.post("/dot/<uuid>/ban/ghep-tram")
@allow(Who.STAFF)
def pair(uuid: str) -> str:
    """Show a code with which one station can be paired with this desk."""
    code = stations.pairing_code(house(), uuid, current_user.actor, now=int(time.time()))
    with reading(house().registry) as session:
        row = find_round(session, uuid)
        paired = stations.station_of(session, row, current_user.actor.account_id) is not None
    return render_template("desk/pairing.html", round=row, code=code, paired=paired)


def _check_in(uuid: str, voter_id: int, *, order: bool) -> Response:
    signature = request.form.get("strokes", "").encode("utf-8", "replace")
    checkin.check_in(house(), uuid, voter_id, current_user.actor, order=order, signature=signature)
    return redirect(url_for("desk.voter", uuid=uuid, voter_id=voter_id))
