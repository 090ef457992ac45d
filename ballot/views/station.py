"""The station: makes slips for permissions it is given, and is never told a name.

Here live views only. Never here: a session; the desk's one-time code decides.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request, url_for

from ballot import issuing
from ballot.access import Who, allow
from ballot.acts import find_round
from ballot.box import round_of
from ballot.house import House
from ballot.storage import reading
from tally.protocol.encoding import array, decode, fields, string
from tally.protocol.errors import WrongShape

blueprint = Blueprint("station", __name__)
LIMIT = 16 * 1024


@blueprint.get("/tram/<uuid>/")
@allow(Who.ANYBODY)
def page(uuid: str) -> str:
    """Show the station; the permission comes in the address's fragment, which browsers do not send."""
    house: House = current_app.config["HOUSE"]
    with reading(house.registry) as session:
        row = find_round(session, uuid)
    with reading(house.box) as session:
        freeze_key = round_of(session, uuid).freeze_key
    stage = f"{house.config.box_origin}/dot/{uuid}/tam"
    manifest = url_for("station.manifest", uuid=uuid)
    return render_template("station/page.html", round=row, manifest=manifest, freeze_key=freeze_key, stage=stage)


@blueprint.get("/tram/<uuid>/manifest.json")
@allow(Who.ANYBODY)
def manifest(uuid: str) -> Response:
    """Hand out the manifest: issuers' keys come from it and from nowhere else."""
    with reading(current_app.config["HOUSE"].registry) as session:
        raw = find_round(session, uuid).manifest or abort(404)
    return Response(raw, mimetype="application/json")


@blueprint.post("/tram/<uuid>/cap")
@allow(Who.ANYBODY)
def issue(uuid: str) -> Any:
    """Sign blinded values under a desk's permission."""
    m = fields(decode(request.get_data(), "request", limit=LIMIT), "request", "authorisation", "blinded")
    blinded = [_bytes(v, f"blinded[{i}]") for i, v in enumerate(array(m["blinded"], "blinded"))]
    code = string(m["authorisation"], "authorisation")
    signatures = issuing.sign(current_app.config["HOUSE"], uuid, code=code, blinded=blinded)
    return jsonify(signatures=[s.hex() for s in signatures])


def _bytes(value: Any, where: str) -> bytes:
    digits = string(value, where)
    if not digits or len(digits) % 2 or not set(digits) <= set("0123456789abcdef"):
        raise WrongShape(where, expected="hex")
    return bytes.fromhex(digits)
