"""Pages before the signing: numbers from paper beside the record, three recounts, the minutes and their documents.

Here live views only: read the form, call one use case, show a page. Never here: a number of one person on the page of
another before both have typed.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.acts import find_round
from ballot.errors import STATUS
from ballot.identity.login import live
from ballot.result import after_count, comparing, papers, recounts, signatures, sittings, statements
from ballot.result.comparing import Typed
from ballot.result.signatures import AlreadySigned
from ballot.result.sittings import Particulars
from ballot.storage import reading
from ballot.views import here
from ballot.views.forms import number
from ballot.written_record import written_root
from tally.protocol.errors import Refused, WrongShape
from tally.protocol.phase import WrongPhase
from tally.protocol.signer import LIMIT

blueprint = Blueprint("comparing", __name__)
AnyResponse = Response | str | tuple[str, int]
SPARE_ROWS = 3


@blueprint.get("/dot/<uuid>/doi-chieu")
@allow(Who.ORGANISER)
def page(uuid: str) -> str:
    """Show what was typed, the equations, the recounts."""
    house = here.house()
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        comparing.check_written(house, row)
        shown = {
            "standing": comparing.standing(session, row, here.actor().account_id),
            "comparison": papers.comparison(house, session, row),
            "lines": recounts.lines(session, row, written_root(house, uuid)),
            "sentence": papers.sentence(house, session, row),
            "signed": signatures.is_signed(house, uuid),
            "way": after_count.way(house, session, row),
        }
    return render_template("comparing/page.html", round=row, **shown)


@blueprint.post("/dot/<uuid>/doi-chieu")
@allow(Who.ORGANISER)
def type_counts(uuid: str) -> Response:
    """Keep the numbers that this person counted on paper."""
    counted = "slips_not_counted" not in request.form
    if not counted and request.form.get("slips_in_box", "").strip():
        raise WrongShape("slips_in_box", expected="…")
    slips = number("slips_in_box") if counted else 0
    typed = Typed(number("signatures"), number("envelopes_left"), counted, slips)
    comparing.type_counts(here.house(), uuid, typed, here.actor())
    return redirect(url_for("comparing.page", uuid=uuid))


@blueprint.get("/dot/<uuid>/kiem-lai")
@allow(Who.ORGANISER)
@live
def recounted(uuid: str) -> str:
    """Show what each program said; the page asks for itself again while they are at work."""
    house = here.house()
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        comparing.check_written(house, row)
        lines, way = recounts.lines(session, row, written_root(house, uuid)), after_count.way(house, session, row)
    running = recounts.is_running(uuid)
    return render_template("comparing/recounts.html", round=row, lines=lines, running=running, way=way)


@blueprint.post("/dot/<uuid>/kiem-lai")
@allow(Who.ORGANISER)
def recount(uuid: str) -> Response:
    """Let the three programs recount the record."""
    recounts.start(here.house(), uuid, here.actor())
    return redirect(url_for("comparing.recounted", uuid=uuid))


@blueprint.get("/dot/<uuid>/bien-ban")
@allow(Who.ORGANISER)
def sitting(uuid: str) -> str:
    """Show the particulars of the minutes and the documents that were made of them."""
    return _sitting(uuid)


@blueprint.post("/dot/<uuid>/bien-ban")
@allow(Who.ORGANISER)
def save(uuid: str) -> AnyResponse:
    """Keep the particulars, and members' statements that came with them; what is refused stays in the form."""
    typed, revision = Particulars.of_form(request.form.getlist), number("revision")
    try:
        for file in request.files.getlist("statements"):
            if file.filename:
                statements.keep(here.house(), uuid, file.read(LIMIT + 1), here.actor())
        sittings.save(here.house(), uuid, typed, here.actor(), revision=revision)
    except (AlreadySigned, WrongPhase):
        raise
    except Refused as error:
        return _sitting(uuid, typed=typed, revision=revision, refused=error), STATUS.get(error.code, 400)
    return redirect(url_for("comparing.sitting", uuid=uuid, _anchor="van-ban"))


@blueprint.post("/dot/<uuid>/van-ban")
@allow(Who.ORGANISER)
def draw_up(uuid: str) -> Response:
    """Make the documents."""
    papers.draw_up(here.house(), uuid, here.actor())
    return redirect(url_for("comparing.sitting", uuid=uuid, _anchor="van-ban"))


def _sitting(uuid: str, *, typed: Particulars | None = None, revision: int = 0, refused: Refused | None = None) -> str:
    house = here.house()
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        comparing.check_written(house, row)
        members = statements.committee(house, uuid).members
        kept, known = sittings.draft(session, row, members=len(members))
        shown = {
            "typed": typed or kept,
            "revision": revision if typed else known,
            "missing": papers.lacking(house, session, row),
            "comparison": papers.comparison(house, session, row),
            "sentence": papers.sentence(house, session, row),
            "made": papers.made(house, session, row),
            "way": after_count.way(house, session, row),
        }
    return render_template(
        "comparing/sitting.html", round=row, members=members, statements=statements.certificates(house, uuid),
        files=papers.listed(house, uuid), signed=signatures.is_signed(house, uuid), refused=refused,
        spare=SPARE_ROWS, **shown,
    )  # fmt: skip
