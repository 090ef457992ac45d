"""The description of a part for machines. Here lives one view. Never here: what it describes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify

from ballot.access import Who, allow
from ballot.api.document import document

blueprint = Blueprint("api", __name__)


@blueprint.get("/openapi.json")
@allow(Who.ANYBODY)
def describe() -> Any:
    """Describe every JSON endpoint of this part."""
    return jsonify(document(current_app))
