"""Organisers' pages of the dossiers, and the voters' reading room. Here live views only.

Never here: a cookie or a log line in the reading room; who has the key that is printed on the summons may read.
"""

from __future__ import annotations

import segno
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ballot.access import Who, allow
from ballot.acts import find_round
from ballot.catalogue.rule_books import of_round
from ballot.dossiers import papers
from ballot.dossiers.drawing import MOST_BYTES
from ballot.phases import NOT_CLOSED
from ballot.storage import reading
from ballot.views.forms import number
from ballot.views.here import house

blueprint = Blueprint("dossiers", __name__)
PAPER = "<int(max=2147483647):paper_id>"
NUMBER = "<int(max=1000):number>"


@blueprint.get("/dot/<uuid>/tai-lieu")
@allow(Who.ORGANISER)
def index(uuid: str) -> str:
    """Show what there is of each official, and the address of the reading room as a QR code."""
    with reading(house().registry) as session:
        row = find_round(session, uuid)
        listed = papers.listed(session, row)
    address = house().config.registry_origin + url_for("dossiers.room", uuid=uuid, key=row.reading_key)
    code = segno.make(address, error="m").svg_data_uri(scale=6, border=2)
    return render_template(
        "dossiers/index.html", round=row, listed=listed, kinds=papers.KINDS, address=address, code=code,
        open=row.phase in NOT_CLOSED,
    )  # fmt: skip


@blueprint.post("/dot/<uuid>/tai-lieu")
@allow(Who.ORGANISER)
def take(uuid: str) -> AnyResponse:
    """Take a paper."""
    form = request.form
    raw = request.files["paper"].read(MOST_BYTES + 1)
    said = {"official": number("official"), "kind": form["kind"], "title": form["title"]}
    papers.take(house(), uuid, **said, raw=raw, actor=current_user.actor)
    return redirect(url_for("dossiers.index", uuid=uuid))


@blueprint.post(f"/dot/<uuid>/tai-lieu/{PAPER}/rut")
@allow(Who.ORGANISER)
def withdraw(uuid: str, paper_id: int) -> AnyResponse:
    """Take a paper out again."""
    papers.withdraw(house(), uuid, paper_id, current_user.actor)
    return redirect(url_for("dossiers.index", uuid=uuid))


@blueprint.get("/doc/<uuid>/<key>/")
@allow(Who.ANYBODY)
def room(uuid: str, key: str) -> str:
    """Show the reading room: the criteria of the rule set, and each official's papers."""
    with reading(house().registry) as session:
        row = papers.room(session, uuid, key)
        listed, rules = papers.listed(session, row), of_round(session, row)
    return render_template("reading/room.html", round=row, key=key, listed=listed, rules=rules)


@blueprint.get(f"/doc/<uuid>/<key>/{PAPER}/")
@allow(Who.ANYBODY)
def read(uuid: str, key: str, paper_id: int) -> str:
    """Show the pages of a paper."""
    with reading(house().registry) as session:
        row = papers.room(session, uuid, key)
        everything = papers.listed(session, row)
    found = [(o.official, p) for o in everything for p in o.papers if p.id == paper_id]
    official, paper = found[0] if found else abort(404)
    return render_template("reading/paper.html", round=row, key=key, official=official, paper=paper)


@blueprint.get(f"/doc/<uuid>/<key>/{PAPER}/{NUMBER}.jpg")
@allow(Who.ANYBODY)
def picture(uuid: str, key: str, paper_id: int, number: int) -> Response:
    """Show one page as a picture."""
    with reading(house().registry) as session:
        found = papers.page(session, papers.room(session, uuid, key), paper_id, number)
    return Response(found or abort(404), mimetype="image/jpeg")
