"""The big screen's page: for whoever has its address, read only, and the same for everybody.

Here lives the view only. Never here: a session, a cookie, or an act.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request

from ballot.access import Who, allow
from ballot.identity.login import live
from ballot.onlookers import projector
from ballot.views import here

blueprint = Blueprint("projector", __name__)


@blueprint.get("/chieu/<key>")
@allow(Who.ANYBODY)
@live
def page(key: str) -> str:
    """Show the screen; it asks for itself again."""
    asked = {name: request.args.get(field, 0, type=int) for name, field in ASKED.items()}
    return render_template("projector/page.html", key=key, screen=projector.screen(here.house(), key, **asked))


ASKED = {"pinned": "khoi", "seen": "da", "number": "trang"}
