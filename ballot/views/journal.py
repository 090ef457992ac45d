"""The log's pages: read it, filter it, take it along as a file, print it.

Here live views only. Never here: an act that changes anything but the signed heads of an export.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from ballot.access import Who, allow
from ballot.committee import conflicts
from ballot.log import journal
from ballot.views.here import house

blueprint = Blueprint("journal", __name__, url_prefix="/nhat-ky")
READERS = Who.ADMINISTRATOR | Who.ORGANISER | Who.OBSERVER


@blueprint.get("/")
@allow(READERS)
def index() -> str:
    """Show the log, newest entry first, page by page."""
    found, wanted, about = _asked()
    barred = () if wanted.round else _barred()
    entries = found.chosen(wanted, without=barred)[::-1]
    pages = max(1, -(-len(entries) // journal.PAGE))
    number = min(max(request.args.get("trang", 1, type=int), 1), pages)
    lines = found.lines(entries[(number - 1) * journal.PAGE : number * journal.PAGE])
    return render_template(
        "journal/index.html", journal=found, wanted=wanted, round=about, lines=lines, total=len(entries), page=number,
        pages=pages, barred=barred,
    )  # fmt: skip


@blueprint.post("/tep")
@allow(READERS)
def export() -> Response:
    """Send the whole log as a file whose end is signed."""
    about = request.form.get("dot", "")
    _check_free(about)
    _check_whole()  # the file holds all rounds, whichever of them signs it
    raw = journal.export(house(), current_user.actor.organisation_id, about)
    named = {"Content-Disposition": 'attachment; filename="nhat-ky.jsonl"'}
    return Response(raw, mimetype="application/x-ndjson", headers=named)


@blueprint.get("/in")
@allow(READERS)
def printed() -> str:
    """Show what is chosen as a page to print."""
    found, wanted, about = _asked()
    _check_whole(wanted.round)
    lines = found.printed(found.chosen(wanted))
    return render_template("journal/printed.html", journal=found, wanted=wanted, round=about, lines=lines)


@blueprint.get("/so.pdf")
@allow(READERS)
def sheet() -> Response:
    """Print what is chosen, to be read aloud and signed."""
    from ballot.log.journal_sheet import journal_sheet  # brings the fonts: only when something is printed

    found, wanted, about = _asked()
    _check_whole(wanted.round)
    raw = journal_sheet(found, found.printed(found.chosen(wanted)), about)
    named = {"Content-Disposition": 'inline; filename="nhat-ky.pdf"'}
    return Response(raw, mimetype="application/pdf", headers=named)


def _asked() -> tuple[journal.Journal, journal.Filter, Any]:
    found = journal.read(house(), current_user.actor.organisation_id)
    wanted = journal.Filter.parse(request.args)
    _check_free(wanted.round)
    return found, wanted, journal.round_among(found, wanted.round)


def _check_free(uuid: str) -> None:
    """Keep somebody who is rated in a round from what the log says of it and from signing for it. threats P4."""
    if uuid:
        conflicts.check_account(house(), uuid, name=current_user.name, role=current_user.role)


def _check_whole(uuid: str = "") -> None:
    """Keep them too from what is printed, or signed, of all rounds together: it would tell of that one."""
    for one in () if uuid else _barred():
        _check_free(one)


def _barred() -> tuple[str, ...]:
    mine = current_user.actor.organisation_id
    return conflicts.barred(house(), mine, name=current_user.name, role=current_user.role)
