"""Pages for the committee's files: manifest out, committee and opening tests in, partial decryptions in.

Here live views only. Never here: a share; members make these files with their own tool.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ballot import counting, readiness
from ballot.access import Who, allow
from ballot.acts import find_round
from ballot.storage import reading

blueprint = Blueprint("committee", __name__)


@blueprint.get("/dot/<uuid>/manifest.json")
@allow(Who.STAFF)
def manifest(uuid: str) -> Response:
    """Hand out the manifest, with which the members' tools begin."""
    with reading(current_app.config["HOUSE"].registry) as session:
        raw = find_round(session, uuid).manifest or abort(404)
    return Response(raw, mimetype="application/json")


@blueprint.post("/dot/<uuid>/ban-kiem-phieu")
@allow(Who.ORGANISER)
def admit(uuid: str) -> AnyResponse:
    """Take committee.json and the members' opening tests."""
    tests = [file.read() for file in request.files.getlist("tests")]
    raw = request.files["committee"].read()
    readiness.admit_committee(current_app.config["HOUSE"], uuid, committee=raw, tests=tests, actor=current_user.actor)
    return redirect(url_for("console.show", uuid=uuid))


@blueprint.post("/dot/<uuid>/giai-ma")
@allow(Who.ORGANISER)
def part(uuid: str) -> AnyResponse:
    """Take partial decryptions."""
    for file in request.files.getlist("parts"):
        counting.keep_part(current_app.config["HOUSE"], uuid, file.filename or "", file.read())
    return redirect(url_for("console.show", uuid=uuid))
