"""The result of a round for the accounts of its organisation that may see it: table, charts, files, record.

Here live views only. Never here: a number that is not in the record, or a page for anybody without an account.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, send_from_directory
from flask_login import current_user

from ballot.access import Who, allow, is_one_of
from ballot.acts import find_round
from ballot.history.onlooker import ORGANISER, Onlooker
from ballot.history.pages import Led, led_to_a_vote
from ballot.public import board
from ballot.public.board import Published
from ballot.public.disclosure import Sees, Viewer
from ballot.public.paper_names import may_have
from ballot.result import evidence, papers
from ballot.storage import reading
from ballot.views import here
from ballot.views.here import today
from tally.record import REPORT

blueprint = Blueprint("results", __name__)


@blueprint.get("/dot/<uuid>/ket-qua")
@allow(Who.ORGANISER | Who.OBSERVER)
def page(uuid: str) -> str:
    """Show the result, whoever else may see it."""
    found = _found(uuid)
    files = papers.listed(here.house(), uuid, _seen()) if found.result else ()
    led = _led(uuid) if found.result and _is_organiser() else []
    people = {row["number"]: row["name"] for block in found.blocks() for row in block.rows} if found.result else {}
    return render_template("results/page.html", round=found, files=files, people=people, led=led, today=today())


@blueprint.get("/dot/<uuid>/ket-qua/ho-so.zip")
@allow(Who.ORGANISER | Who.OBSERVER)
def record(uuid: str) -> Response:
    """Hand out the record, which whoever has it can verify."""
    response = Response(_found(uuid).zipped(), mimetype="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename=ho-so-{uuid}.zip"
    return response


@blueprint.post("/dot/<uuid>/ket-qua/bo-ho-so")
@allow(Who.ORGANISER)
def pack(uuid: str) -> Response:
    """Make the evidence pack and hand it out; a button, for it takes as long as verifying."""
    response = Response(evidence.packed(here.house(), uuid), mimetype="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename=bo-ho-so-{uuid}.zip"
    return response


@blueprint.get("/dot/<uuid>/ket-qua/<name>")
@allow(Who.ORGANISER | Who.OBSERVER)
def report(uuid: str, name: str) -> Response:
    """Hand out a file of the report."""
    found = _found(uuid)
    if found.result is None or not may_have(name, _seen()):
        abort(404)
    return send_from_directory(found.folder / REPORT, name)


def _led(uuid: str) -> list[Led]:
    """Return whom this result leads to a vote of confidence."""
    house = here.house()
    eyes = Onlooker(current_user.actor.organisation_id, current_user.name, ORGANISER)
    with reading(house.registry) as session:
        return led_to_a_vote(house, session, find_round(session, uuid), eyes, today())


def _found(uuid: str) -> Published:
    return board.find(here.house(), uuid, Viewer.ORGANISER if _is_organiser() else Viewer.OBSERVER)


def _seen() -> Sees:
    """Return how much of a report this account may have: an observer is told nothing of people of the roll."""
    return Sees.PAPERS if _is_organiser() else Sees.RESULT


def _is_organiser() -> bool:
    return is_one_of(Who.ORGANISER)
