"""Lists in and out: upload, preview, yes or no; samples; the catalogue and a round's lists as files.

Here live views only. Never here: a row that is written without having been shown.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_login import current_user

from ballot.access import Who, allow
from ballot.acts import find_round
from ballot.lists import exports, files, staging
from ballot.lists.columns import CATALOGUE, by_slug
from ballot.storage import reading
from ballot.views.here import house, today

blueprint = Blueprint("lists", __name__)
SHOWN = 200
"""So many rows, problems and warnings stand on a preview; how many there are is always told."""


@blueprint.get("/danh-sach/")
@allow(Who.ORGANISER)
def index() -> str:
    """Show the form for a file, the samples and the exports."""
    return render_template("lists/index.html", sheets=CATALOGUE)


@blueprint.post("/danh-sach/nhap")
@allow(Who.ORGANISER)
def upload() -> Any:
    """Read a file and show what it would do."""
    sent, which = request.files["list"], request.form.get("sheet", "")
    only = by_slug(which) if which else None
    if which and only is None:
        abort(400)
    token = staging.stage(house(), sent.read(), sent.filename or "", only, current_user.actor)
    return redirect(url_for("lists.preview", token=token))


@blueprint.get("/danh-sach/nhap/<token>")
@allow(Who.ORGANISER)
def preview(token: str) -> str:
    """Show a list that waits."""
    shown = staging.preview(house(), token, current_user.actor)
    return render_template("lists/preview.html", shown=shown, sheets=CATALOGUE, most=SHOWN)


@blueprint.post("/danh-sach/nhap/<token>/ghi")
@allow(Who.ORGANISER)
def admit(token: str) -> Any:
    """Write a list that was seen."""
    done = staging.admit(house(), token, request.form["digest"], current_user.actor)
    return redirect(
        url_for("lists.written", added=done.total("added"), changed=done.total("changed"), same=done.total("same"))
    )


@blueprint.get("/danh-sach/da-ghi/<int(max=99999):added>-<int(max=99999):changed>-<int(max=99999):same>")
@allow(Who.ORGANISER)
def written(added: int, changed: int, same: int) -> str:
    """Say what was written."""
    return render_template("lists/written.html", added=added, changed=changed, same=same)


@blueprint.post("/danh-sach/nhap/<token>/bo")
@allow(Who.ORGANISER)
def put_aside(token: str) -> Any:
    """Forget a list that waits."""
    staging.put_aside(house(), token, current_user.actor)
    return redirect(url_for("lists.index"))


@blueprint.get("/danh-sach/mau/<name>")
@allow(Who.ORGANISER)
def sample(name: str) -> Response:
    """Send a sample file."""
    return _file(name, files.sample(name) or abort(404))


@blueprint.get("/danh-sach/xuat/<name>")
@allow(Who.ORGANISER)
def catalogue(name: str) -> Response:
    """Send the catalogue as it is today."""
    with reading(house().registry) as session:
        tables = exports.catalogue_tables(session, current_user.actor.organisation_id, today())
    slugs = [sheet.slug for sheet in CATALOGUE]
    return _file(
        name, files.export(name, "danh-muc", dict(zip(slugs, tables, strict=True)), request.args) or abort(404)
    )


@blueprint.get("/dot/<uuid>/danh-sach/")
@allow(Who.ORGANISER)
def of_round(uuid: str) -> str:
    """Show which lists of a round can be had."""
    with reading(house().registry) as session:
        row = find_round(session, uuid)
        tables = dict(zip(exports.ROUND, exports.round_tables(session, row), strict=True))
    return render_template("lists/of_round.html", round=row, tables=tables)


@blueprint.get("/dot/<uuid>/danh-sach/<name>")
@allow(Who.ORGANISER)
def export(uuid: str, name: str) -> Response:
    """Send a round's officials, roll, and who is not rated."""
    with reading(house().registry) as session:
        tables = dict(zip(exports.ROUND, exports.round_tables(session, find_round(session, uuid)), strict=True))
    return _file(name, files.export(name, "danh-sach", tables, request.args) or abort(404))


def _file(name: str, raw: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(raw, mimetype=files.TYPES[name.rpartition(".")[2]], headers=headers)
