"""The page of a member of the counting committee: it comes in once, sends and fetches messages, is known by a token.

Here live views only: strict JSON in, JSON out. Never here: a cookie or a session, or a secret of the member's.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request, send_from_directory
from sqlalchemy.orm import Session

from ballot.access import Who, allow
from ballot.acts import find_round
from ballot.assets import check_software
from ballot.committee import ceremony, invitations
from ballot.committee.attempts import MESSAGE_LIMIT
from ballot.members import ceremony_state
from ballot.models.registry.rounds import Round
from ballot.phases import CLOSED, COUNTED
from ballot.public.board import ResultNotCertified, ResultRestricted
from ballot.public.disclosure import Sees, Viewer, is_restricted, shows
from ballot.result import counting
from ballot.storage import reading
from ballot.views import here
from ballot.views.bodies import asked, device_first
from ballot.written_record import closed_archive
from tally.protocol.encoding import canonical, integer, string
from tally.protocol.errors import Incomplete
from tally.protocol.manifest import Manifest
from tally.record import ARCHIVE, CLOSING, NAMES, RESULT, WITNESSES

blueprint = Blueprint("committee_page", __name__)
LIMIT, SENT_LIMIT, PART_LIMIT = 1024, MESSAGE_LIMIT + 1024, counting.PART_LIMIT
SOFTWARE = ("committee.css", "committee.js", "committee_worker.js", "hall.css")
MOST = 2**31
BYTES = "application/octet-stream"


@blueprint.get("/")
@allow(Who.ANYBODY)
def page() -> str:
    """Show the page; for which round and which member it is, the invitation in its address says."""
    return render_template("committee/page.html")


@blueprint.post("/vao")
@allow(Who.ANYBODY)
def join() -> Any:
    """Let a page in by its invitation, once, under the token that it drew."""
    m = asked("invitation", "device", limit=LIMIT)
    joined = invitations.join(here.house(), *(string(m[name], name) for name in ("invitation", "device")))
    return jsonify(uuid=joined.uuid, number=joined.number)


@blueprint.post("/dot/<uuid>/tinh-hinh")
@allow(Who.ANYBODY)
def state(uuid: str) -> Any:
    """Say what changed since the page last asked."""
    m = asked("device", "revision", limit=LIMIT)
    if m["revision"] != -1:
        integer(m["revision"], "revision", 0)
    found = ceremony_state.state(here.house(), uuid, device=string(m["device"], "device"), revision=m["revision"])
    check_software(Manifest.parse(_manifest(uuid)), SOFTWARE)
    return jsonify(found)


@blueprint.get("/dot/<uuid>/manifest.json")
@allow(Who.ANYBODY)
def manifest(uuid: str) -> Response:
    """Hand out the manifest; the page compares its hash with the paper."""
    return Response(_manifest(uuid), mimetype="application/json")


@blueprint.get("/dot/<uuid>/committee.json")
@allow(Who.ANYBODY)
def committee(uuid: str) -> Response:
    """Hand out the finished committee."""
    return Response(ceremony_state.committee_file(here.house(), uuid) or abort(404), mimetype="application/json")


@blueprint.post("/dot/<uuid>/gui")
@allow(Who.ANYBODY)
def send(uuid: str) -> Any:
    """Take a message of this member."""
    _member(uuid)
    m = asked("device", "attempt", "kind", "message", limit=SENT_LIMIT)
    device, kind = string(m["device"], "device"), string(m["kind"], "kind")
    attempt = integer(m["attempt"], "attempt", 1, MOST)
    ceremony.send(here.house(), uuid, device=device, attempt=attempt, kind=kind, value=m["message"])
    return jsonify(kept=True)


@blueprint.post("/dot/<uuid>/to-cao")
@allow(Who.ANYBODY)
def complain(uuid: str) -> Any:
    """End the attempt because of what only this member can see."""
    m = asked("device", "attempt", "accused", "code", limit=LIMIT)
    device, code = string(m["device"], "device"), string(m["code"], "code")
    attempt, accused = integer(m["attempt"], "attempt", 1, MOST), integer(m["accused"], "accused", 0, MOST)
    ceremony.complain(here.house(), uuid, device=device, attempt=attempt, accused=accused, code=code)
    return jsonify(kept=True)


@blueprint.post("/dot/<uuid>/giai-ma")
@allow(Who.ANYBODY)
def part(uuid: str) -> Any:
    """Take this member's partial decryption."""
    number = _member(uuid)
    raw = canonical(asked("device", "part", limit=PART_LIMIT)["part"])
    counting.keep_part(here.house(), uuid, f"partial-{number}.json", raw, by=f"member {number}")
    return jsonify(kept=True)


@blueprint.get("/dot/<uuid>/ho-so/<name>")
@allow(Who.ANYBODY)
def record(uuid: str, name: str) -> Response:
    """Hand out one file of the written record, which is public from now on; where a result is not, to members only.

    Until the count stands the archive is as it was closed: then there is no result in it, whoever asks.
    """
    with reading(here.house().registry) as session:
        row = find_round(session, uuid)
        phase = row.phase
        if phase in COUNTED and shows(Viewer.BOARD, row) is Sees.NOTHING:
            _check_member(session, row)
    allowed = {f"{uuid}.bel" if n == ARCHIVE else n for n in (*NAMES, *WITNESSES) if n != RESULT}
    folder = here.house().record(uuid)
    if phase not in CLOSED or name not in allowed:
        abort(404)
    if not (folder / CLOSING).is_file():
        raise Incomplete("record", missing=CLOSING)
    if name in WITNESSES and not (folder / name).is_file():  # no more of them
        return Response(b"", mimetype=BYTES)
    if phase not in COUNTED and name.endswith(".bel"):
        archive = closed_archive(folder, uuid)
        return Response(archive.pieces(), mimetype=BYTES, headers={"Content-Length": str(len(archive))})
    return send_from_directory(folder, name, mimetype=BYTES, max_age=0)


def _check_member(session: Session, row: Round) -> None:
    """Let a member's page have what its owner helped to open, and nobody else.

    Raises ResultRestricted, ResultNotCertified.
    """
    scheme, _, device = request.headers.get("Authorization", "").partition(" ")
    try:
        invitations.known_seat(session, row, device if scheme == "Bearer" else "")
    except invitations.DeviceUnknown:
        raise (ResultRestricted if is_restricted(row.disclosure) else ResultNotCertified)("round") from None


def _member(uuid: str) -> int:
    """Return whose page asks, by the token alone. Raises DeviceUnknown."""
    with reading(here.house().registry) as session:
        return invitations.known_seat(session, find_round(session, uuid), device_first()).number


def _manifest(uuid: str) -> bytes:
    with reading(here.house().registry) as session:
        return find_round(session, uuid).manifest or abort(404)
