"""The roll's pages: live counts, photos, and the two papers printed from it.

Here live views only. Never here: a time of arrival, or a picture that this application did not encode itself.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from flask_login import current_user

from ballot.access import Who, allow, is_one_of
from ballot.acts import find_round
from ballot.desk import portraits
from ballot.desk.attendance import attendance
from ballot.desk.photo_archive import TOTAL_LIMIT
from ballot.identity.login import live
from ballot.storage import reading
from ballot.views.here import house

blueprint = Blueprint("roll", __name__)
UPLOAD_LIMIT = TOTAL_LIMIT + 1024**2


@blueprint.url_value_preprocessor
def allow_for_photos(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let an organiser, and nobody else, send as much as an archive of photos needs; it is read before the view."""
    if endpoint == "roll.admit_photos" and is_one_of(Who.ORGANISER):
        request.max_content_length = UPLOAD_LIMIT


@blueprint.get("/dot/<uuid>/co-mat.json")
@allow(Who.STAFF)
@live
def counts(uuid: str) -> Any:
    """Return how many are present at each site and in all, and whether that is enough."""
    with reading(house().registry) as session:
        return jsonify(attendance(session, find_round(session, uuid)).as_json())


@blueprint.post("/dot/<uuid>/anh")
@allow(Who.ORGANISER)
def admit_photos(uuid: str) -> Any:
    """Take a zip of photos named after references."""
    portraits.admit(house(), uuid, request.files["photos"].stream, current_user.actor)
    return redirect(url_for("console.show", uuid=uuid))


@blueprint.get("/dot/<uuid>/anh/<int(max=2147483647):voter_id>")
@allow(Who.STAFF)
def photo(uuid: str, voter_id: int) -> Response:
    """Show a voter's photo."""
    with reading(house().registry) as session:
        jpeg = portraits.portrait(session, find_round(session, uuid), voter_id)
    return Response(jpeg or abort(404), mimetype="image/jpeg")


@blueprint.get("/dot/<uuid>/to-ky.pdf")
@allow(Who.STAFF)
def sheet(uuid: str) -> Response:
    """Print the attendance sheet, with what was signed on tablets."""
    from ballot.desk.signing_sheet import signing_sheet  # brings the fonts: only when something is printed

    with reading(house().registry) as session:
        return _pdf(signing_sheet(session, find_round(session, uuid)), "to-ky.pdf")


@blueprint.get("/dot/<uuid>/the-deo.pdf")
@allow(Who.STAFF)
def badges(uuid: str) -> Response:
    """Print everybody's badge."""
    from ballot.desk.badges import badges as printed

    with reading(house().registry) as session:
        return _pdf(printed(session, find_round(session, uuid)), "the-deo.pdf")


def _pdf(raw: bytes, name: str) -> Response:
    return Response(raw, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})
