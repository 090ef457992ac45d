"""The station: it is paired with a desk, makes slips for the orders it is handed, and is never told a name.

Here live views only: strict JSON in, JSON out. Never here: a cookie or a session; the token in each request decides.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template

from ballot.access import Who, allow
from ballot.acts import find_round
from ballot.assets import check_software
from ballot.models.registry.slips import OrderState
from ballot.slips import handover, issuing, stations
from ballot.storage import reading
from ballot.views.bodies import asked, hex_bytes
from ballot.views.here import house
from tally.protocol.encoding import array, string
from tally.protocol.errors import WrongShape
from tally.protocol.manifest import Manifest

blueprint = Blueprint("station", __name__)
SIGNING_LIMIT, ORDERS_LIMIT, LIMIT = 16 * 1024, 16 * 1024, 1024
SOFTWARE = ("hall.css", "slip_pdf.js", "station.css", "station.js")


@blueprint.get("/")
@allow(Who.ANYBODY)
def page() -> str:
    """Show the station; which round and which desk it is for comes from pairing."""
    return render_template("station/page.html")


@blueprint.post("/ghep")
@allow(Who.ANYBODY)
def pair() -> Any:
    """Pair this station with the desk that shows the code."""
    m = asked("code", "station", limit=LIMIT)
    code, token = string(m["code"], "code"), string(m["station"], "station")
    paired = stations.pair(house(), code, token, now=int(time.time()))
    _check_software(paired.uuid)
    return jsonify(paired.as_json())


@blueprint.get("/dot/<uuid>/manifest.json")
@allow(Who.ANYBODY)
def manifest(uuid: str) -> Response:
    """Hand out the manifest: issuers' keys come from it and from nowhere else."""
    return Response(_manifest(uuid), mimetype="application/json")


@blueprint.post("/dot/<uuid>/viec")
@allow(Who.ANYBODY)
def work(uuid: str) -> Any:
    """Hand a station its open orders."""
    m = asked("station", optional=("aside",), limit=ORDERS_LIMIT)
    aside = [hex_bytes(v, f"aside[{i}]") for i, v in enumerate(array(m.get("aside", []), "aside"))]
    handed = handover.hand_over(house(), uuid, string(m["station"], "station"), aside)
    _check_software(uuid)
    return jsonify(handed.as_json())


@blueprint.post("/dot/<uuid>/cap")
@allow(Who.ANYBODY)
def issue(uuid: str) -> Any:
    """Sign blinded values under an order's permission."""
    m = asked("authorisation", "blinded", limit=SIGNING_LIMIT)
    blinded = [hex_bytes(v, f"blinded[{i}]") for i, v in enumerate(array(m["blinded"], "blinded"))]
    permission = string(m["authorisation"], "authorisation")
    signatures = issuing.sign(house(), uuid, permission=permission, blinded=blinded)
    return jsonify(signatures=[s.hex() for s in signatures], staging_key=issuing.staging_key(house(), uuid))


@blueprint.post("/dot/<uuid>/xong")
@allow(Who.ANYBODY)
def done(uuid: str) -> Any:
    """Note that a slip is delivered to the box, or printed."""
    m = asked("station", "order", "state", limit=LIMIT)
    token, order_id = string(m["station"], "station"), hex_bytes(m["order"], "order")
    states = [state for state in handover.REPORTED if state == m["state"]]
    if not states:
        raise WrongShape("state", expected=" / ".join(handover.REPORTED))
    state = handover.report(house(), uuid, token, order_id=order_id, target=OrderState(states[0]))
    return jsonify(state=state)


def _manifest(uuid: str) -> bytes:
    with reading(house().registry) as session:
        return find_round(session, uuid).manifest or abort(404)


def _check_software(uuid: str) -> None:
    check_software(Manifest.parse(_manifest(uuid)), SOFTWARE)
