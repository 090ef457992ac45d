"""Where a slip's holder asks what became of it. Here lives one view. Never here: a cookie, a log line, a store."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify

from ballot.access import Who, allow
from ballot.box.standing import standing
from ballot.views import here
from ballot.views.bodies import body

blueprint = Blueprint("standing", __name__)


@blueprint.post("/dot/<uuid>/trang-thai")
@allow(Who.ANYBODY)
def ask(uuid: str) -> Any:
    """Answer who proves to hold a slip: recorded, absent or void."""
    return jsonify(standing(here.house(), uuid, body()).as_json())
