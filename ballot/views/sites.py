"""The page of the sites (điểm cầu): who is there, what was handed out, whether the ballots of each are all in.

Here live views only. Never here: a rule, or a number of ballots of a site.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.acts import SecondPersonNeeded, find_round
from ballot.desk import sites
from ballot.desk.attendance import attendance
from ballot.desk.site_counts import custody
from ballot.slips import counts
from ballot.storage import reading
from ballot.views.forms import number
from ballot.views.here import house
from tally.protocol.errors import WrongShape

blueprint = Blueprint("sites", __name__)


@blueprint.get("/dot/<uuid>/diem-cau")
@allow(Who.STAFF)
def page(uuid: str) -> str:
    """Show every site's counters, their sums, and what was said of its ballots."""
    with reading(house().registry) as session:
        row = find_round(session, uuid)
        shown = {"custody": custody(session, row), "said": sites.said(session, row), "login": current_user.actor.login}
        present = attendance(session, row)
    handed_out = counts.handed_out(house(), uuid)
    return render_template("sites/page.html", round=row, attendance=present, counts=handed_out, **shown)


@blueprint.post("/dot/<uuid>/diem-cau/du")
@allow(Who.STAFF)
def all_in(uuid: str) -> Response:
    """Note that a site's ballots are all in."""
    sites.report_all_in(house(), uuid, request.form["site"], current_user.actor)
    return _back(uuid)


@blueprint.post("/dot/<uuid>/diem-cau/<act>")
@allow(Who.ORGANISER)
def act(uuid: str, act: str) -> Response:
    """Wait for a site again, give it up by two persons, or note its envelopes."""
    if act not in ACTS:
        raise WrongShape("act", expected=" / ".join(ACTS))
    if ACTS[act](uuid, request.form["site"]) is False:
        raise SecondPersonNeeded("round")
    return _back(uuid)


def _wait(uuid: str, site: str) -> None:
    sites.wait_again(house(), uuid, site, current_user.actor)


def _give_up(uuid: str, site: str) -> bool:
    return sites.give_up(house(), uuid, site, request.form["why"], current_user.actor)


def _envelopes(uuid: str, site: str) -> None:
    sites.count_envelopes(house(), uuid, site, sent=number("sent"), back=number("back"), actor=current_user.actor)


ACTS = {"cho": _wait, "bo": _give_up, "phong-bi": _envelopes}


def _back(uuid: str) -> Response:
    return redirect(url_for("sites.page", uuid=uuid))
