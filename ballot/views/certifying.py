"""Pages of the signing: what members take to their own machines, signed files as they come back, the certification.

Here live views only. Never here: a private key, or a file that the tally has not looked at.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, send_from_directory, url_for
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.acts import SecondPersonNeeded, find_round
from ballot.models.registry.accounts import Account
from ballot.public.paper_names import title
from ballot.result import after_count, certifying, comparing, papers, signatures, signing_kit, statements
from ballot.result.signatures import SIGNED_LIMIT, TO_SIGN
from ballot.storage import reading
from ballot.views import here
from ballot.views.forms import uploaded

blueprint = Blueprint("certifying", __name__)


@blueprint.get("/dot/<uuid>/ky")
@allow(Who.ORGANISER)
def page(uuid: str) -> str:
    """Show how members sign, who has, and whether the result can be certified."""
    house = here.house()
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        comparing.check_written(house, row)
        made = papers.made(house, session, row)
        waiting = certifying.waiting(session, row, made) if made else None
        discarding = signatures.discarding(session, row)
        shown = {
            "made": made,
            "on_paper": bool(made) and certifying.on_paper(made),
            "missing": certifying.missing(house, row, made),
            "proposed": session.get_one(Account, waiting).name if waiting else "",
            "mine": waiting == here.actor().account_id,
            "discarding": session.get_one(Account, discarding).name if discarding else "",
            "discard_mine": discarding == here.actor().account_id,
            "way": after_count.way(house, session, row),
        }
    standing = signatures.standing(house, uuid)
    members = statements.committee(house, uuid).members
    shown["to_sign"] = [one for one in papers.listed(house, uuid) if one.name.removesuffix(".pdf") in TO_SIGN]
    return render_template("certifying/page.html", round=row, members=members, standing=standing, title=title, **shown)


@blueprint.get("/dot/<uuid>/ky/bo-ky.zip")
@allow(Who.ORGANISER)
def kit(uuid: str) -> Response:
    """Hand out what a member signs with: record, minutes, statements, documents, signed ones so far."""
    response = Response(signing_kit.zipped(here.house(), uuid), mimetype="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename=bo-ky-{uuid}.zip"
    return response


@blueprint.post("/dot/<uuid>/ky")
@allow(Who.ORGANISER)
def take(uuid: str) -> Response:
    """Take signed documents, each in the field of its name."""
    sent = {name: raw for name in TO_SIGN if (raw := uploaded(name, limit=SIGNED_LIMIT))}
    if sent:
        signatures.keep_signed(here.house(), uuid, sent, here.actor())
    return redirect(url_for("certifying.page", uuid=uuid))


@blueprint.get("/dot/<uuid>/ky/<name>")
@allow(Who.ORGANISER)
def signed(uuid: str, name: str) -> Response:
    """Hand out a signed document."""
    if name not in {f"{one}.pdf" for one in TO_SIGN}:
        abort(404)
    return send_from_directory(signatures.folder(here.house(), uuid), name)


@blueprint.post("/dot/<uuid>/bo-chu-ky")
@allow(Who.ORGANISER)
def discard(uuid: str) -> Response:
    """Put signed documents aside, so that the minutes can be corrected; two persons."""
    if not signatures.discard(here.house(), uuid, here.actor()):
        raise SecondPersonNeeded("round")
    return redirect(url_for("certifying.page", uuid=uuid))


@blueprint.post("/dot/<uuid>/xac-nhan")
@allow(Who.ORGANISER)
def certify(uuid: str) -> Response:
    """Make the result final."""
    if not certifying.certify(here.house(), uuid, here.actor()):
        raise SecondPersonNeeded("round")
    return redirect(url_for("certifying.page", uuid=uuid))
