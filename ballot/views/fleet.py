"""The terminals' beats and the attendants' board, on the box's host. Here live views only.

Never here: a cookie, a key in an address (it stands in the fragment, which browsers do not send), or a store.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, url_for

from ballot.access import Who, allow
from ballot.box import fleet
from ballot.box_round import round_of
from ballot.storage import reading
from ballot.views import here
from ballot.views.bodies import body
from tally.protocol.manifest import Manifest

blueprint = Blueprint("fleet", __name__)


@blueprint.post("/dot/<uuid>/may")
@allow(Who.ANYBODY)
def hear(uuid: str) -> Response:
    """Take a terminal's beat."""
    house, known = here.house(), current_app.config["FLEET"]
    fleet.hear(house, known, uuid, body(), now=time.monotonic())
    return Response(status=204)


@blueprint.get("/dot/<uuid>/cac-may")
@allow(Who.ANYBODY)
def page(uuid: str) -> str:
    """Show the empty board; the page fills it with the key in its address's fragment."""
    with reading(here.house().box) as session:
        manifest = Manifest.parse(round_of(session, uuid).manifest)
    return render_template("fleet/page.html", manifest=manifest, data=url_for("fleet.data", uuid=uuid))


@blueprint.post("/dot/<uuid>/cac-may.json")
@allow(Who.ANYBODY)
def data(uuid: str) -> Any:
    """Hand out the board to who has the key."""
    house, known = here.house(), current_app.config["FLEET"]
    beats = fleet.board(house, known, uuid, body(), now=time.monotonic())
    return jsonify(terminals=[beat.as_json() for beat in beats])
