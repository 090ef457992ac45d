"""The page of disputes: a receipt is looked up and answered by hashes, for organisers, desks and observers.

Here lives the view only. Never here: a receipt in an address, which would stay in a history or a log.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request

from ballot.access import Who, allow, is_one_of
from ballot.onlookers import disputes
from ballot.onlookers.disputes import Asked, Finding
from ballot.public import board
from ballot.public.disclosure import Viewer
from ballot.views.here import house

blueprint = Blueprint("disputes", __name__)


@blueprint.get("/dot/<uuid>/tra-cuu")
@allow(Who.STAFF | Who.OBSERVER)
def page(uuid: str) -> str:
    """Show the form."""
    return _page(uuid, Asked(""), None)


@blueprint.post("/dot/<uuid>/tra-cuu")
@allow(Who.STAFF | Who.OBSERVER)
def look_up(uuid: str) -> str:
    """Look a receipt up and show what it proves."""
    form = request.form
    asked = Asked.typed(*(form.get(name, "")[:2000] for name in ("tracker", "commit", "signature")))
    return _page(uuid, asked, disputes.look_up(house(), uuid, asked, _viewer()))


def _page(uuid: str, asked: Asked, found: Finding | None) -> str:
    round_ = board.find(house(), uuid, _viewer())
    return render_template("disputes/page.html", round=round_, asked=asked, found=found)


def _viewer() -> Viewer:
    """Return as whom the page looks: a desk sees no result."""
    return Viewer.ORGANISER if is_one_of(Who.ORGANISER) else Viewer.OBSERVER if is_one_of(Who.OBSERVER) else Viewer.DESK
