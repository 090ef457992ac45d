"""Pages of the public board: closed rounds, trackers, results, files and records.

Here live views only. Never here: a session, a cookie, or a number that is not in the record.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request, send_from_directory

from ballot.access import Who, allow
from ballot.public import board
from ballot.public.paper_names import PUBLIC
from ballot.views import here
from tally.record import REPORT

blueprint = Blueprint("board", __name__)


@blueprint.get("/")
@allow(Who.ANYBODY)
def index() -> str:
    """List rounds that are open or closed."""
    house = here.house()
    return render_template("board/index.html", rounds=board.rounds(house), open_rounds=board.open_rounds(house))


@blueprint.get("/dot/<uuid>/")
@allow(Who.ANYBODY)
def result(uuid: str) -> str:
    """Show a closed round: its result once there is one."""
    return render_template("board/result.html", round=board.find(here.house(), uuid))


@blueprint.get("/dot/<uuid>/tra-cuu")
@allow(Who.ANYBODY)
def look_up(uuid: str) -> str:
    """Show the trackers in the box, or those that match."""
    house, typed = here.house(), request.args.get("ma", "")
    found = board.look_up(house, uuid, typed)
    everything = board.trackers(house, uuid)
    return render_template(
        "board/look_up.html", round=board.find(house, uuid), typed=typed, found=found, trackers=everything
    )


@blueprint.get("/dot/<uuid>/ho-so.zip")
@allow(Who.ANYBODY)
def record(uuid: str) -> Response:
    """Hand out the record, which anybody can verify."""
    response = Response(board.find(here.house(), uuid).zipped(), mimetype="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename=ho-so-{uuid}.zip"
    return response


@blueprint.get("/dot/<uuid>/bao-cao/<name>")
@allow(Who.ANYBODY)
def report(uuid: str, name: str) -> Response:
    """Hand out a file of the report."""
    found = board.find(here.house(), uuid)
    found.check_shown()
    if found.result is None or not PUBLIC.match(name):
        abort(404)
    return send_from_directory(found.folder / REPORT, name)
