"""Where ballots, opened ballots, sealed and voided credentials arrive. Here live views only.

Never here: a cookie, a session, a log line; the body is read as bytes and never parsed by the framework.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify

from ballot.access import Who, allow
from ballot.box import casting, staging, testing, voiding
from ballot.views import here
from ballot.views.bodies import BYTES, body

blueprint = Blueprint("casting", __name__)


@blueprint.post("/dot/<uuid>/phieu")
@allow(Who.ANYBODY)
def cast(uuid: str) -> Any:
    """Take a ballot and answer with its receipt."""
    receipt = casting.cast(here.house(), uuid, body())
    return jsonify(receipt.as_json()), 201


@blueprint.post("/dot/<uuid>/kiem-tra")
@allow(Who.ANYBODY)
def test(uuid: str) -> Any:
    """Take a ballot that was opened to test the terminal."""
    code = testing.open_for_test(here.house(), uuid, body())
    return jsonify(commit=code), 201


@blueprint.post("/dot/<uuid>/tam")
@allow(Who.ANYBODY)
def stage(uuid: str) -> Any:
    """Keep a station's sealed credential."""
    staging.stage_credential(here.house(), uuid, body(BYTES))
    return jsonify(kept=True), 201


@blueprint.post("/dot/<uuid>/huy-the")
@allow(Who.ANYBODY)
def void(uuid: str) -> Any:
    """Void the credential of a slip that somebody holds: spoiled, or in an envelope that nobody used."""
    voiding.void(here.house(), uuid, body())
    return jsonify(voided=True)
