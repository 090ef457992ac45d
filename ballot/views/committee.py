"""The organisers' pages of the committee: its members and their invitations, the making of its key, files in and out.

Here live views only. Never here: a share; members make what they send with their own page or tool.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import segno
from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ballot.access import Who, allow
from ballot.acts import find_round
from ballot.committee import ceremony, ceremony_files, invitations, readiness, seats
from ballot.errors import STATUS
from ballot.identity.login import live
from ballot.members import committee_panel
from ballot.members.committee_words import REFUSALS
from ballot.models.registry.rounds import Round
from ballot.result import counting
from ballot.storage import reading
from ballot.views.here import actor, house
from tally.i18n import translate
from tally.protocol.committee import Member
from tally.protocol.errors import BadText, ConflictOfInterest, TallyError, WrongShape

blueprint = Blueprint("committee", __name__)
MOST_FILES = 100


@blueprint.get("/dot/<uuid>/ban-kiem-phieu")
@allow(Who.ORGANISER)
def show(uuid: str) -> str:
    """Show the committee: who is named, who has come in, what was sent, what is next."""
    return _page(uuid)


@blueprint.get("/dot/<uuid>/ban-kiem-phieu.json")
@allow(Who.ORGANISER)
@live
def follow(uuid: str) -> Any:
    """Tell an open page what has changed: each member's line, what is next, whether other acts are offered."""
    with reading(house().registry) as session:
        return jsonify(committee_panel.panel(house(), session, find_round(session, uuid), actor()).as_json())


@blueprint.post("/dot/<uuid>/thanh-vien")
@allow(Who.ORGANISER)
def name_members(uuid: str) -> AnyResponse | tuple[str, int]:
    """Name the members, or confirm the list of somebody else; a list that is refused stays in the form."""
    names, roles = request.form.getlist("name"), request.form.getlist("role")
    if len(names) != len(roles):
        abort(400)
    members = [Member(seats.one_spelling(n), seats.one_spelling(r)) for n, r in zip(names, roles, strict=True)]
    try:
        seats.name_members(house(), uuid, members, actor())
    except (BadText, ConflictOfInterest, WrongShape) as error:
        return _page(uuid, typed=members, refused=error), STATUS.get(error.code, 400)
    return _back(uuid)


@blueprint.post("/dot/<uuid>/loi-moi")
@allow(Who.ORGANISER)
def invite(uuid: str) -> str:
    """Draw invitations and show them this once, to be printed or held up."""
    found = invitations.invite(house(), uuid, actor(), number=_numbers()[0] if request.form.get("number") else None)
    codes = {i.number: segno.make(i.link, error="m").svg_data_uri(scale=10, border=4) for i in found}
    return render_template("console/invitations.html", round=_round(uuid), invitations=found, codes=codes)


@blueprint.post("/dot/<uuid>/lam-lai-khoa")
@allow(Who.ORGANISER)
def begin_again(uuid: str) -> AnyResponse:
    """Begin the making of the key anew."""
    ceremony.begin_again(house(), uuid, actor())
    return _back(uuid)


@blueprint.post("/dot/<uuid>/goi-thu-khoa")
@allow(Who.ORGANISER)
def call(uuid: str) -> AnyResponse:
    """Call the members who are present to the opening test."""
    ceremony.call(house(), uuid, actor(), numbers=_numbers())
    return _back(uuid)


@blueprint.post("/dot/<uuid>/nhan-khoa")
@allow(Who.ORGANISER)
def admit_made_here(uuid: str) -> AnyResponse:
    """Admit the committee's key and the opening tests that this server has collected."""
    ceremony.admit(house(), uuid, actor())
    return redirect(url_for("console.show", uuid=uuid))


# --- files --------------------------------------------------------------------------------------------------------


@blueprint.get("/dot/<uuid>/manifest.json")
@allow(Who.STAFF)
def manifest(uuid: str) -> Response:
    """Hand out the manifest, with which the members' tools begin."""
    return Response(_round(uuid).manifest or abort(404), mimetype="application/json")


@blueprint.get("/dot/<uuid>/trao-doi.zip")
@allow(Who.ORGANISER)
def folder(uuid: str) -> Response:
    """Hand out the exchange folder for members who work without a network."""
    response = Response(ceremony_files.folder_zip(house(), uuid), mimetype="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename=trao-doi-{uuid}.zip"
    return response


@blueprint.post("/dot/<uuid>/trao-doi")
@allow(Who.ORGANISER)
def take_files(uuid: str) -> AnyResponse:
    """Take files of members who work without a network."""
    handed = request.files.getlist("messages")[:MOST_FILES]
    ceremony_files.take_files(house(), uuid, [(f.filename or "", f.read()) for f in handed if f.filename], actor())
    return _back(uuid)


@blueprint.post("/dot/<uuid>/ban-kiem-phieu")
@allow(Who.ORGANISER)
def admit(uuid: str) -> AnyResponse:
    """Take committee.json and the members' opening tests, made without this server."""
    tests = [file.read() for file in request.files.getlist("tests")]
    raw = request.files["committee"].read()
    readiness.admit_committee(house(), uuid, committee=raw, tests=tests, actor=actor())
    return redirect(url_for("console.show", uuid=uuid))


@blueprint.post("/dot/<uuid>/giai-ma")
@allow(Who.ORGANISER)
def part(uuid: str) -> AnyResponse:
    """Take partial decryptions."""
    for file in request.files.getlist("parts"):
        counting.keep_part(house(), uuid, file.filename or "", file.read(), by=actor().login)
    return redirect(url_for("console.show", uuid=uuid))


def _page(uuid: str, *, typed: Sequence[Member] = (), refused: TallyError | None = None) -> str:
    """Return the committee's page; with a list that was refused, in the words of why."""
    with reading(house().registry) as session:
        row = find_round(session, uuid)
        found = committee_panel.panel(house(), session, row, actor())
    why = _why(refused) if refused else None
    return render_template("console/committee.html", round=row, committee=found, typed=typed, refusal=why)


def _why(refused: TallyError) -> tuple[str, str]:
    """Return a refusal as a sentence about the list, and its code."""
    sentence = REFUSALS.get(refused.code) or refused.text
    return translate(sentence).format(**refused.details), refused.code


def _numbers() -> list[int]:
    """Return the members that a form names by number."""
    values = request.form.getlist("number")
    if not all(len(value) == 1 and value in "123456789" for value in values):
        raise WrongShape("number", expected="1…9")
    return [int(value) for value in values]


def _round(uuid: str) -> Round:
    with reading(house().registry) as session:
        return find_round(session, uuid)


def _back(uuid: str) -> AnyResponse:
    return redirect(url_for("committee.show", uuid=uuid))
