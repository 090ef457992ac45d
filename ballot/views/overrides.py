"""The form for a written exception to the conflict of interest: one person proposes, another confirms.

Here lives the view only. Never here: whose name is whose (committee/conflicts.py).
"""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.acts import SecondPersonNeeded
from ballot.committee import conflicts
from ballot.views import here

blueprint = Blueprint("overrides", __name__)


@blueprint.post("/dot/<uuid>/ngoai-le")
@allow(Who.ORGANISER)
def override(uuid: str) -> Response:
    """Propose an exception, or confirm somebody else's."""
    asked = {field: request.form[field] for field in ("name", "office", "reason")}
    if not conflicts.override(here.house(), uuid, **asked, actor=current_user.actor):
        raise SecondPersonNeeded("round")
    return redirect(url_for("console.show", uuid=uuid))
