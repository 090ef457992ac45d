"""Where ballots, opened ballots and sealed credentials arrive. Here live views only.

Never here: a cookie, a session, a log line; the body is read as bytes and never parsed by the framework.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request

from ballot import casting, staging
from ballot.access import Who, allow

blueprint = Blueprint("casting", __name__)


@blueprint.post("/dot/<uuid>/phieu")
@allow(Who.ANYBODY)
def cast(uuid: str) -> Any:
    """Take a ballot and answer with its receipt."""
    _expect("application/json")
    receipt = casting.cast(current_app.config["HOUSE"], uuid, request.get_data())
    return jsonify(receipt.as_json()), 201


@blueprint.post("/dot/<uuid>/kiem-tra")
@allow(Who.ANYBODY)
def test(uuid: str) -> Any:
    """Take a ballot that was opened to test the terminal."""
    _expect("application/json")
    code = casting.open_for_test(current_app.config["HOUSE"], uuid, request.get_data())
    return jsonify(commit=code), 201


@blueprint.post("/dot/<uuid>/tam", provide_automatic_options=False)  # the preflight has its own answer
@allow(Who.ANYBODY)
def stage(uuid: str) -> Any:
    """Keep a station's sealed credential."""
    _expect("application/octet-stream")
    staging.stage_credential(current_app.config["HOUSE"], uuid, request.get_data())
    return _for_registry(jsonify(kept=True)), 201


@blueprint.route("/dot/<uuid>/tam", methods=["OPTIONS"])
@allow(Who.ANYBODY)
def stage_preflight(uuid: str) -> Response:
    """Tell a station's browser that it may send here."""
    return _for_registry(Response(status=204))


def _for_registry(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = current_app.config["HOUSE"].config.registry_origin
    response.headers["Access-Control-Allow-Methods"] = "POST"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _expect(mimetype: str) -> None:
    if request.mimetype != mimetype:
        abort(415)
