"""Pages of the public board: finished rounds, their results, files and records.

Here live views only. Never here: a session, a cookie, or a number that is not in the record.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template, send_from_directory

from ballot.access import Who, allow
from ballot.board import REPORT_FILES, Published, find, published
from tally.record import REPORT

blueprint = Blueprint("board", __name__)


@blueprint.get("/")
@allow(Who.ANYBODY)
def index() -> str:
    """List finished rounds."""
    return render_template("board/index.html", rounds=list(published(_instance())))


@blueprint.get("/dot/<slug>/")
@allow(Who.ANYBODY)
def result(slug: str) -> str:
    """Show one round's result."""
    return render_template("board/result.html", round=_round(slug))


@blueprint.get("/dot/<slug>/ho-so.zip")
@allow(Who.ANYBODY)
def record(slug: str) -> Response:
    """Hand out the record, which anybody can verify."""
    response = Response(_round(slug).zipped(), mimetype="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename={slug}.zip"
    return response


@blueprint.get("/dot/<slug>/bao-cao/<name>")
@allow(Who.ANYBODY)
def report(slug: str, name: str) -> Response:
    """Hand out a file of the report."""
    found = _round(slug)
    if not REPORT_FILES.match(name):
        abort(404)
    return send_from_directory(found.folder / REPORT, name)


def _instance() -> object:
    return current_app.config["PTN"].instance


def _round(slug: str) -> Published:
    return find(_instance(), slug) or abort(404)
