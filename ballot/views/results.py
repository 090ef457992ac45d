"""The result of a round for the accounts of its organisation that may see it: table, charts, files, record.

Here live views only. Never here: a number that is not in the record, or a page for anybody without an account.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template, send_from_directory

from ballot import board
from ballot.access import Who, allow
from ballot.board import REPORT_FILES, Published
from tally.record import REPORT

blueprint = Blueprint("results", __name__)


@blueprint.get("/dot/<uuid>/ket-qua")
@allow(Who.ORGANISER | Who.OBSERVER)
def page(uuid: str) -> str:
    """Show the result, whoever else may see it."""
    return render_template("results/page.html", round=_found(uuid))


@blueprint.get("/dot/<uuid>/ket-qua/ho-so.zip")
@allow(Who.ORGANISER | Who.OBSERVER)
def record(uuid: str) -> Response:
    """Hand out the record, which whoever has it can verify."""
    response = Response(_found(uuid).zipped(), mimetype="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename=ho-so-{uuid}.zip"
    return response


@blueprint.get("/dot/<uuid>/ket-qua/<name>")
@allow(Who.ORGANISER | Who.OBSERVER)
def report(uuid: str, name: str) -> Response:
    """Hand out a file of the report."""
    found = _found(uuid)
    if found.result is None or not REPORT_FILES.match(name):
        abort(404)
    return send_from_directory(found.folder / REPORT, name)


def _found(uuid: str) -> Published:
    return board.find(current_app.config["HOUSE"], uuid, inside=True)
