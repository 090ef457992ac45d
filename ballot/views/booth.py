"""The booth's page and the two public files it needs. Here live views only. Never here: a cookie or a name."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template, url_for

from ballot.access import Who, allow
from ballot.box import require, round_of
from ballot.storage import reading
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase

blueprint = Blueprint("booth", __name__)


@blueprint.get("/dot/<uuid>/phong-phieu")
@allow(Who.ANYBODY)
def page(uuid: str) -> str:
    """Show the booth while the round is open."""
    with reading(current_app.config["HOUSE"].box) as session:
        row = round_of(session, uuid)
        require(row, Phase.VOTING)
    addresses = {
        "manifest": url_for("booth.manifest", uuid=uuid),
        "election": url_for("booth.election", uuid=uuid),
        "cast": url_for("casting.cast", uuid=uuid),
        "test": url_for("casting.test", uuid=uuid),
    }
    return render_template("booth/page.html", manifest=Manifest.parse(row.manifest), addresses=addresses)


@blueprint.get("/dot/<uuid>/manifest.json")
@allow(Who.ANYBODY)
def manifest(uuid: str) -> Response:
    """Hand out the manifest."""
    with reading(current_app.config["HOUSE"].box) as session:
        return Response(round_of(session, uuid).manifest, mimetype="application/json")


@blueprint.get("/dot/<uuid>/election.json")
@allow(Who.ANYBODY)
def election(uuid: str) -> Response:
    """Hand out the election's exact bytes."""
    with reading(current_app.config["HOUSE"].box) as session:
        raw = round_of(session, uuid).election or abort(404)
    return Response(raw, mimetype="application/json")
