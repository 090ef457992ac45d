"""Pages of the book of incidents, and the acts on the wait for complaints between close and count.

Here live views only: read the form, call one use case, show a page. Never here: a rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ballot.access import Who, allow
from ballot.acts import SecondPersonNeeded, find_round
from ballot.errors import STATUS
from ballot.result import complaint_wait, incidents
from ballot.result.incidents import NoSuchIncident, Typed
from ballot.result.signatures import AlreadySigned
from ballot.storage import reading
from ballot.views.forms import number as number_of
from ballot.views.here import actor, house
from tally.protocol.errors import Refused
from tally.protocol.incident import KINDS, TEXT_LIMIT
from tally.protocol.phase import WrongPhase

blueprint = Blueprint("incidents", __name__)
WATCHING = Who.STAFF | Who.OBSERVER
Answer = AnyResponse | str | tuple[str, int]


@blueprint.get("/dot/<uuid>/su-co")
@allow(WATCHING)
def page(uuid: str) -> str:
    """Show the book."""
    return _page(uuid)


@blueprint.get("/dot/<uuid>/su-co.csv")
@allow(WATCHING)
def table(uuid: str) -> Response:
    """Hand out the book as a table."""
    with reading(house().registry) as session:
        raw = incidents.as_csv(session, find_round(session, uuid))
    response = Response(raw, mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename=so-su-co-{uuid}.csv"
    return response


@blueprint.post("/dot/<uuid>/su-co")
@allow(Who.STAFF)
def enter(uuid: str) -> Answer:
    """Add an entry; one that is refused stays in the form."""
    typed = Typed(*(request.form[name] for name in ("kind", "time", "text")), named="named" in request.form)
    return _done(uuid, lambda: incidents.enter(house(), uuid, typed, actor()), typed=typed)


@blueprint.post("/dot/<uuid>/su-co/<int:number>")
@allow(Who.STAFF)
def settle(uuid: str, number: int) -> Answer:
    """Write down how an incident was settled."""
    how, named = request.form["text"], "named" in request.form
    return _done(
        uuid, lambda: incidents.settle(house(), uuid, number, how, actor(), named=named), settling=(number, how)
    )


@blueprint.post("/dot/<uuid>/khieu-nai")
@allow(Who.ORGANISER)
def set_minutes(uuid: str) -> AnyResponse:
    """Change how long complaints are waited for."""
    if not complaint_wait.set_minutes(house(), uuid, number_of("complaint_minutes"), actor()):
        raise SecondPersonNeeded("round")
    return redirect(url_for("console.show", uuid=uuid))


@blueprint.post("/dot/<uuid>/khieu-nai/ket-thuc")
@allow(Who.ORGANISER)
def end_early(uuid: str) -> AnyResponse:
    """End the wait early; two persons."""
    if not complaint_wait.end_early(house(), uuid, request.form["reason"].strip(), actor()):
        raise SecondPersonNeeded("round")
    return redirect(url_for("console.show", uuid=uuid))


def _done(uuid: str, act: Callable[[], object], **shown: Any) -> Answer:
    """Do what a form asks for, or show the form again with why not."""
    try:
        act()
    except (AlreadySigned, NoSuchIncident, WrongPhase):
        raise
    except Refused as error:
        return _page(uuid, refused=error, **shown), STATUS.get(error.code, 400)
    return redirect(url_for("incidents.page", uuid=uuid))


def _page(
    uuid: str, *, typed: Typed | None = None, settling: tuple[int, str] = (0, ""), refused: Refused | None = None
) -> str:
    with reading(house().registry) as session:
        row = find_round(session, uuid)
        entries = incidents.book(session, row)
    return render_template(
        "incidents/page.html", round=row, entries=entries, kinds=KINDS, limit=TEXT_LIMIT, typed=typed or Typed(),
        settling=settling, refused=refused, open=incidents.is_open(house(), row),
    )  # fmt: skip
