"""What a witness's program asks the box, and the organisers' page of witnesses. Here live views only.

Never here: a cookie or a log line on the box's side, or a signature checked.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ballot.access import Who, allow
from ballot.acts import find_round
from ballot.box_round import round_of
from ballot.public import cosigning, witnesses
from ballot.public.board import NotPublished
from ballot.storage import reading
from ballot.views.bodies import BYTES, body
from ballot.views.here import house

TEXT = "text/plain; charset=utf-8"
box = Blueprint("witnesses", __name__)
registry = Blueprint("watching", __name__)


# --- the box ------------------------------------------------------------------------------------------------------


@box.get("/dot/<uuid>/moc.txt")
@allow(Who.ANYBODY)
def checkpoints(uuid: str) -> Response:
    """Hand out the checkpoints so far."""
    return Response(cosigning.published(house(), uuid), content_type=TEXT)


@box.get("/dot/<uuid>/closing.txt")
@allow(Who.ANYBODY)
def last_word(uuid: str) -> Response:
    """Hand out the box's last word, once the record is written."""
    with reading(house().box) as session:
        round_of(session, uuid)
    closing = cosigning.last_word(house(), uuid)
    if closing is None:
        raise NotPublished("round")
    return Response(closing.encode(), content_type=TEXT)


@box.post("/dot/<uuid>/chung-kien")
@allow(Who.ANYBODY)
def leave(uuid: str) -> Any:
    """Take a witness's signatures."""
    return jsonify(kept=cosigning.leave(house(), uuid, body(BYTES))), 201


# --- the organisers -----------------------------------------------------------------------------------------------


@registry.get("/dot/<uuid>/nguoi-chung-kien")
@allow(Who.ORGANISER | Who.OBSERVER)
def page(uuid: str) -> str:
    """Show who watches the box and how far each has signed; head and root, to copy onto paper."""
    with reading(house().registry) as session:
        row = find_round(session, uuid)
    return render_template("witnesses/page.html", round=row, watched=witnesses.watched(house(), uuid))


@registry.post("/dot/<uuid>/nguoi-chung-kien")
@allow(Who.ORGANISER)
def enter(uuid: str) -> AnyResponse:
    """Enter a witness."""
    name, key = request.form["name"].strip(), request.form["key"]
    witnesses.enter(house(), uuid, current_user.actor, name=name, key=key)
    return redirect(url_for("watching.page", uuid=uuid))


@registry.post("/dot/<uuid>/nguoi-chung-kien/rut")
@allow(Who.ORGANISER)
def withdraw(uuid: str) -> AnyResponse:
    """Take back a witness who has signed nothing."""
    witnesses.withdraw(house(), uuid, current_user.actor, name=request.form["name"])
    return redirect(url_for("watching.page", uuid=uuid))
