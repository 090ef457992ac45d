"""History for organisers: who was rated when, one person's rounds, rounds from files. Here live views only.

Never here: a number, a sentence, or a line that whoever asks may not see (ballot/history).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from ballot.access import Who, allow
from ballot.catalogue.errors import NoSuchEntry
from ballot.history import pages, past, people, taking
from ballot.history.onlooker import ORGANISER, Onlooker
from ballot.lists.csv_file import write_csv
from ballot.models.registry.history import PastLine, PastRound
from ballot.storage import reading
from ballot.views.catalogue.base import Trouble, status_of
from ballot.views.here import actor, house, today
from tally.paper.refusals import place
from tally.paper.screen import reason, summary
from tally.paper.table import FILE_LIMIT
from tally.protocol.errors import Refused

blueprint = Blueprint("history", __name__, url_prefix="/lich-su")
PAST = "<int(max=2147483647):past_id>"
SHOWN = 300
"""So many people stand on the page; how many there are is always told."""
COLUMNS = (
    "round", "date", "body", "session", "rule_set", "percent_base", "total_delegates", "summoned", "ballots_issued",
    "ballots_returned", "ballots_valid", "ballots_invalid", "seq", "name", "position", "high", "medium", "low",
    "pct_high", "pct_medium", "pct_low", "source",
)  # fmt: skip


@blueprint.get("/")
@allow(Who.ORGANISER)
def index() -> str:
    """List everybody with rounds, and the rounds from files."""
    typed = request.args.get("q", "")
    everybody = pages.everybody(house(), _onlooker(), today())
    with reading(house().registry) as session:
        rounds = [row for row, lines in past.rounds_of(session, actor().organisation_id) if _sees(lines)]
    found = people.search(everybody, typed)
    return render_template(
        "history/index.html", found=found, all=len(everybody), typed=typed, most=SHOWN, rounds=rounds
    )


@blueprint.get("/<history_key>")
@allow(Who.ORGANISER)
def show(history_key: str) -> str:
    """Show one person's rounds."""
    return render_template("history/show.html", **pages.of_one(house(), _onlooker(), history_key, today()))


@blueprint.get("/<history_key>/bieu-do-<int(max=99):number>.svg")
@allow(Who.ORGANISER)
def picture(history_key: str, number: int) -> Response:
    """Draw one person's rounds in one post."""
    return Response(pages.picture(house(), _onlooker(), history_key, number, today()), mimetype="image/svg+xml")


@blueprint.get("/mau.csv")
@allow(Who.ORGANISER)
def sample() -> Response:
    """Send a file with nothing but the columns."""
    headers = {"Content-Disposition": 'attachment; filename="dot-cu-mau.csv"'}
    return Response(write_csv([COLUMNS]), mimetype="text/csv", headers=headers)


@blueprint.get("/nhap")
@allow(Who.ORGANISER)
def form() -> str:
    """Show the form for a file."""
    return render_template("history/form.html", trouble=None)


@blueprint.post("/nhap")
@allow(Who.ORGANISER)
def upload() -> Any:
    """Read a file and show what it would add; a file that cannot be read is refused on its own page."""
    sent = request.files["rounds"]
    try:
        token = taking.stage(
            house(), sent.read(FILE_LIMIT + 1), sent.filename or "", actor(), own_name=current_user.name
        )
    except Refused as error:
        trouble = Trouble.of(error)
        return render_template("history/form.html", trouble=trouble), status_of(trouble)
    return redirect(url_for("history.preview", past_token=token))


@blueprint.get("/nhap/<past_token>")
@allow(Who.ORGANISER)
def preview(past_token: str) -> str:
    """Show a file that waits: every round with its base, percentages, what follows, and where it differs."""
    return render_template("history/preview.html", shown=taking.preview(house(), past_token, actor()), **_words())


@blueprint.post("/nhap/<past_token>/ghi")
@allow(Who.ORGANISER)
def admit(past_token: str) -> AnyResponse:
    """Write a file that was seen."""
    taking.admit(house(), past_token, request.form["digest"], actor())
    return redirect(url_for("history.index"))


@blueprint.post("/nhap/<past_token>/bo")
@allow(Who.ORGANISER)
def put_aside(past_token: str) -> AnyResponse:
    """Forget a file that waits."""
    taking.put_aside(house(), past_token, actor())
    return redirect(url_for("history.form"))


@blueprint.get(f"/dot/{PAST}")
@allow(Who.ORGANISER)
def of_past(past_id: int) -> str:
    """Show a round from a file, whole."""
    with reading(house().registry) as session:
        row = _found(session, past_id)
        judged = past.judged(session, row)
    return render_template("history/past.html", row=row, judged=judged, **_words())


@blueprint.post(f"/dot/{PAST}/xoa")
@allow(Who.ORGANISER)
def remove(past_id: int) -> AnyResponse:
    """Take a round from a file out again."""
    with reading(house().registry) as session:
        _found(session, past_id)  # nobody takes out what they are rated in
    past.remove(house(), past_id, request.form["reason"], actor())
    return redirect(url_for("history.index"))


def _found(session: Session, past_id: int) -> PastRound:
    row = past.find(session, past_id, actor().organisation_id)
    if not _sees(past.lines_of(session, row)):
        raise NoSuchEntry("id")
    return row


def _sees(lines: list[PastLine]) -> bool:
    """Say whether whoever asks may see a round from a file: nobody sees one in which they are rated."""
    return bool(_onlooker().sees_past(lines, set()))


def _words() -> dict[str, Any]:
    """Return how a place of a file, and a published percentage that differs, are told."""
    return {"place": place, "reason": reason, "summary": summary}


def _onlooker() -> Onlooker:
    return Onlooker(actor().organisation_id, current_user.name, ORGANISER)
