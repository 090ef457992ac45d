"""Pages for those who watch rounds: observers, who send opinions, and issuers' operators. Here live views only.

Never here: a name of the roll, or an act of a round.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ballot.access import Who, allow, is_one_of
from ballot.onlookers import monitoring, opinions
from ballot.views.here import house, today

blueprint = Blueprint("observers", __name__, url_prefix="/quan-sat")


@blueprint.get("/")
@allow(Who.ISSUER | Who.OBSERVER)
def index() -> str:
    """List the organisation's rounds."""
    return render_template(
        "observers/index.html", rounds=monitoring.rounds_of(house(), current_user.actor.organisation_id)
    )


@blueprint.get("/<uuid>/")
@allow(Who.ISSUER | Who.OBSERVER)
def show(uuid: str) -> str:
    """Show where a round stands; to an operator also what the issuers signed."""
    watched = monitoring.watch(house(), uuid, with_counts=is_one_of(Who.ISSUER), with_opinions=is_one_of(Who.OBSERVER))
    return render_template("observers/show.html", watched=watched, round=watched.round)


@blueprint.get("/<uuid>/y-kien")
@allow(Who.ORGANISER | Who.OBSERVER)
def read_opinions(uuid: str) -> str:
    """Show the opinions that were sent about a round."""
    watched = monitoring.watch(house(), uuid, with_counts=False, with_opinions=True)
    return render_template("observers/read_opinions.html", round=watched.round, opinions=watched.opinions)


@blueprint.post("/<uuid>/y-kien")
@allow(Who.OBSERVER)
def send(uuid: str) -> Response:
    """Send an opinion."""
    opinions.send(house(), uuid, request.form["text"], current_user.actor, day=today())
    return redirect(url_for("observers.show", uuid=uuid, _anchor="y-kien"))
