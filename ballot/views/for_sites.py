"""What a site with a server of its own asks the box. Here live views only. Never here: a cookie, or a log line."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from ballot.access import Who, allow
from ballot.box import for_sites
from ballot.views import here
from ballot.views.bodies import body

blueprint = Blueprint("for_sites", __name__)


@blueprint.get("/dot/<uuid>/diem-cau.json")
@allow(Who.ANYBODY)
def course(uuid: str) -> Any:
    """Say where the round stands."""
    found = for_sites.course(here.house(), uuid)
    return jsonify(phase=found.phase, credentials=found.credentials)


@blueprint.get("/dot/<uuid>/committee.json")
@allow(Who.ANYBODY)
def committee(uuid: str) -> Response:
    """Hand out the committee and its key."""
    return Response(for_sites.committee(here.house(), uuid), mimetype="application/json")


@blueprint.get("/dot/<uuid>/credentials.json")
@allow(Who.ANYBODY)
def credentials(uuid: str) -> Response:
    """Hand out the list of credentials."""
    return Response(for_sites.credentials(here.house(), uuid), mimetype="application/json")


@blueprint.post("/dot/<uuid>/bien-nhan")
@allow(Who.ANYBODY)
def receipt(uuid: str) -> Any:
    """Answer whether these very bytes are in the box, with their receipt."""
    return jsonify(for_sites.receipt_again(here.house(), uuid, body()).as_json())
