"""The page of a round that has ended: what is kept and how long, the pack, the end of its keys and of its names.

Here live views only. Never here: a rule, or a way to have anything back.
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from ballot.access import Who, allow
from ballot.acts import SecondPersonNeeded, find_round
from ballot.life import day, retention
from ballot.storage import reading
from ballot.views import here
from tally.retention import WHAT

blueprint = Blueprint("retention", __name__)


@blueprint.get("/dot/<uuid>/luu-tru")
@allow(Who.ORGANISER)
def page(uuid: str) -> str:
    """Show what stands of a round and what may be done with it today."""
    house = here.house()
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        kept, pending = retention.kept(house, session, row), day.proposals(session, row, here.actor())
    return render_template("retention/page.html", round=row, kept=kept, what=WHAT, today=here.today(), pending=pending)


@blueprint.post("/dot/<uuid>/luu-tru/bo-ho-so")
@allow(Who.ORGANISER)
def archive(uuid: str) -> Response:
    """Make the evidence pack, note its hash, hand it out."""
    response = Response(retention.archive(here.house(), uuid, here.actor()), mimetype="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename=bo-ho-so-{uuid}.zip"
    return response


@blueprint.post("/dot/<uuid>/luu-tru/khoa")
@allow(Who.ORGANISER)
def destroy_keys(uuid: str) -> AnyResponse:
    """Destroy the machine's keys of the round; two persons."""
    if not retention.destroy_keys(here.house(), uuid, here.actor(), today=here.today()):
        raise SecondPersonNeeded("round")
    return redirect(url_for("retention.page", uuid=uuid))


@blueprint.post("/dot/<uuid>/luu-tru/nguoi")
@allow(Who.ORGANISER)
def delete_people(uuid: str) -> AnyResponse:
    """Delete the personal data of the round; two persons."""
    if not retention.delete_people(here.house(), uuid, here.actor(), today=here.today()):
        raise SecondPersonNeeded("round")
    return redirect(url_for("retention.page", uuid=uuid))
