"""The pages and requests of a site with a server of its own: its hall's booth, casting, the attendant's page.

Here live views only. Never here: a cookie, a session, a log line, or a key in an address (it stands in the fragment).
"""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for

from ballot.access import Who, allow
from ballot.assets import check_software
from ballot.box.fleet import Beat, Fleet
from ballot.box.sharing import booth_addresses
from ballot.models.site import TAKING
from ballot.site import casting, rounds, testing
from ballot.site import status as statuses
from ballot.site.commands import shown
from ballot.site.errors import SiteNotTaking
from ballot.site.house import SiteHouse
from ballot.site.standing import standing
from ballot.views.bodies import asked, body
from ballot.views.booth import FILES, installed, worker
from tally.protocol.encoding import string
from tally.protocol.manifest import Manifest

blueprint = Blueprint("site", __name__)
LIMIT = 256


@blueprint.get("/")
@allow(Who.ANYBODY)
def index() -> str:
    """List the rounds of this site."""
    linked = [(row.state, Manifest.parse(row.manifest)) for row in rounds.every(_house())]
    return render_template("site/index.html", rounds=linked, site=_house().name)


# --- the booth ----------------------------------------------------------------------------------------------------


@blueprint.get("/dot/<uuid>/phong-phieu")
@allow(Who.ANYBODY)
def booth(uuid: str) -> str:
    """Show the booth while this site takes ballots, if its scripts are those that were sealed with the round."""
    row = rounds.look_up(_house(), uuid)
    if row.state != TAKING:
        raise SiteNotTaking("round")
    manifest = Manifest.parse(row.manifest)
    check_software(manifest, FILES)
    here = {"fleet": url_for("site.hear", uuid=uuid), "site-key": row.site_key}
    data = booth_addresses(uuid) | here | {"board": f"{row.box_url}/dot/{uuid}/"}
    return render_template("site/booth.html", manifest=manifest, data=data | worker())


@blueprint.get("/dot/<uuid>/phong-phieu/app.webmanifest")
@allow(Who.ANYBODY)
def web_app(uuid: str) -> Response:
    """Tell a browser how to install the booth."""
    manifest = Manifest.parse(rounds.look_up(_house(), uuid).manifest)
    return installed(manifest, url_for("site.booth", uuid=uuid))


@blueprint.get("/dot/<uuid>/manifest.json")
@allow(Who.ANYBODY)
def manifest(uuid: str) -> Response:
    """Hand out the manifest."""
    return Response(rounds.look_up(_house(), uuid).manifest, mimetype="application/json")


@blueprint.get("/dot/<uuid>/election.json")
@allow(Who.ANYBODY)
def election(uuid: str) -> Response:
    """Hand out the election's exact bytes."""
    return Response(rounds.look_up(_house(), uuid).election, mimetype="application/json")


@blueprint.post("/dot/<uuid>/phieu")
@allow(Who.ANYBODY)
def cast(uuid: str) -> Any:
    """Take a ballot; 202 and a provisional receipt, or 201 and the box's own."""
    kept = casting.hold(_house(), uuid, body())
    return jsonify(kept.as_json()), 201 if kept.final else 202


@blueprint.post("/dot/<uuid>/kiem-tra")
@allow(Who.ANYBODY)
def test(uuid: str) -> Any:
    """Take a ballot that was opened to test the terminal."""
    return jsonify(commit=testing.open_for_test(_house(), uuid, body())), 201


@blueprint.post("/dot/<uuid>/trang-thai")
@allow(Who.ANYBODY)
def ask(uuid: str) -> Any:
    """Answer who proves to hold a slip."""
    return jsonify(standing(_house(), uuid, body()))


# --- the attendant ------------------------------------------------------------------------------------------------


@blueprint.post("/dot/<uuid>/may")
@allow(Who.ANYBODY)
def hear(uuid: str) -> Response:
    """Take a terminal's beat."""
    rounds.look_up(_house(), uuid)
    _fleet().hear(uuid, Beat.parse(body()), time.monotonic())
    return Response(status=204)


@blueprint.get("/dot/<uuid>/cac-may")
@allow(Who.ANYBODY)
def terminals(uuid: str) -> str:
    """Show the empty board of terminals; the page fills it with the key in its address's fragment."""
    manifest = Manifest.parse(rounds.look_up(_house(), uuid).manifest)
    return render_template("fleet/page.html", manifest=manifest, data=url_for("site.beats", uuid=uuid))


@blueprint.post("/dot/<uuid>/cac-may.json")
@allow(Who.ANYBODY)
def beats(uuid: str) -> Any:
    """Hand out the board to who has the key."""
    rounds.unlock(_house(), uuid, string(asked("key", limit=LIMIT)["key"], "key"))
    return jsonify(terminals=[beat.as_json() for beat in _fleet().board(uuid, time.monotonic())])


@blueprint.get("/dot/<uuid>/diem-cau")
@allow(Who.ANYBODY)
def door(uuid: str) -> str:
    """Ask for the key; where the address's fragment has it, the page's script hands it in."""
    return render_template("site/door.html", manifest=Manifest.parse(rounds.look_up(_house(), uuid).manifest))


@blueprint.post("/dot/<uuid>/diem-cau")
@allow(Who.ANYBODY)
def status(uuid: str) -> str:
    """Show who has the key how this site stands; open it or stop it first, if that is what was pressed."""
    key, act = request.form.get("key", ""), request.form.get("act", "")
    rounds.unlock(_house(), uuid, key)
    if act in ACTS:
        ACTS[act](_house(), uuid)
    return render_template("site/status.html", status=statuses.status(_house(), uuid), key=key, shown=shown)


@blueprint.post("/dot/<uuid>/diem-cau/ban-bao")
@allow(Who.ANYBODY)
def statement(uuid: str) -> Response:
    """Hand out the signed statement of what became of every ballot."""
    rounds.unlock(_house(), uuid, request.form.get("key", ""))
    answer = Response(statuses.statement(_house(), uuid).encode(), mimetype="application/json")
    answer.headers["Content-Disposition"] = f"attachment; filename=diem-cau-{uuid}.json"
    return answer


ACTS = {"open": rounds.open_site, "stop": rounds.stop}


def _house() -> SiteHouse:
    return current_app.config["HOUSE"]


def _fleet() -> Fleet:
    return current_app.config["FLEET"]
