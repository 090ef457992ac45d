"""The organisers' pages: rounds, a new round, one round with its next act.

Here live views only: read the form, call one use case, show a page. Never here: a rule.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ballot.access import Who, allow, is_one_of
from ballot.acts import SecondPersonNeeded, find_round
from ballot.backup import by_two
from ballot.box.zero_report import zero_report
from ballot.catalogue import rule_books
from ballot.committee import conflicts, readiness
from ballot.desk import portraits, sites
from ballot.desk.attendance import attendance
from ballot.house import House
from ballot.identity import organisations
from ballot.life import annulling, day, rounds, sealing
from ballot.life.planned import Settings
from ballot.lists import pair
from ballot.lists.columns import OFFICIALS, ROLL, Sheet
from ballot.members import committee_panel
from ballot.models.registry.rounds import Exempt, Official, Round
from ballot.navigation import home
from ballot.onlookers import projector
from ballot.planning import confidence
from ballot.planning.confidence import Quick
from ballot.public import disclosure, turnout
from ballot.result import closing, complaint_wait, counting
from ballot.slips import counts, freezing, orders
from ballot.startup.machine import little_room
from ballot.startup.place import folders_of
from ballot.storage import reading
from ballot.views import here
from ballot.views.forms import number
from ballot.written_record import written_root
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import WrongShape
from tally.protocol.phase import Phase

blueprint = Blueprint("console", __name__)


@blueprint.get("/")
@allow(Who.ACCOUNT)
def index() -> str | Response:
    """List rounds; whoever has no business with them begins elsewhere."""
    if not is_one_of(Who.STAFF):
        return redirect(url_for(home()))
    with reading(here.house().registry) as session:
        mine = select(Round).where(Round.organisation_id == here.actor().organisation_id)
        found = session.scalars(mine.order_by(Round.id.desc())).all()
    return render_template("console/index.html", rounds=found)


@blueprint.get("/dot-moi")
@allow(Who.ORGANISER)
def new() -> str:
    """Show the form of a new round."""
    with reading(here.house().registry) as session:
        found = rule_books.books(session, here.actor().organisation_id)
    return render_template("console/new.html", rule_sets=[book.rules for book in found], vote=_vote())


@blueprint.post("/dot-moi")
@allow(Who.ORGANISER)
def create() -> Response:
    """Create a round from the form."""
    uuid = rounds.create(here.house(), _small_round(), here.actor())
    return redirect(url_for("console.show", uuid=uuid))


@blueprint.get("/dot/<uuid>/")
@allow(Who.STAFF)
def show(uuid: str) -> str:
    """Show one round: where it stands, what is next, who must do it."""
    house = here.house()
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        shown = {
            "round": row,
            "day": day.day(house, session, row, here.actor()),
            "officials": _in_order(session, Official, row),
            "exempt": _in_order(session, Exempt, row),
            "sites": sites.said(session, row),
            "conflict": conflicts.standing(session, row),
            "committee": committee_panel.panel(house, session, row, here.actor()),
            "attendance": attendance(session, row),
            "photos": portraits.count(session, row),
        }
    return render_template("console/round.html", **shown, **_outside(house, row))


@blueprint.get("/dot/<uuid>/bao-cao-khong")
@allow(Who.STAFF)
def zero(uuid: str) -> str:
    """Show the zero report, to be printed and signed before the box is opened."""
    with reading(here.house().registry) as session:
        row = find_round(session, uuid)
    return render_template("console/zero.html", round=row, report=zero_report(here.house(), uuid))


@blueprint.post("/dot/<uuid>/viec/<act>")
@allow(Who.ORGANISER)
def act(uuid: str, act: str) -> Response:
    """Do one act; acts of two persons are proposed first."""
    if act not in ACTS:
        raise WrongShape("act", expected=" / ".join(ACTS))
    done = ACTS[act](here.house(), uuid, here.actor())
    if act in ("chot", "mo", "dong", "huy", "khoi-phuc") and (done is None or done is False):
        raise SecondPersonNeeded("round")
    return redirect(url_for("console.show", uuid=uuid))


@blueprint.post("/dot/<uuid>/phong-bi")
@allow(Who.ORGANISER)
def envelopes(uuid: str) -> Response:
    """Order slips for envelopes."""
    orders.order_envelopes(here.house(), uuid, number("count"), here.actor())
    return redirect(url_for("console.show", uuid=uuid))


def _in_order(session: Session, table: type[Official] | type[Exempt], row: Round) -> list[Any]:
    return list(session.scalars(select(table).where(table.round_id == row.id).order_by(table.number)))


def _outside(house: House, row: Round) -> dict[str, Any]:
    """Return what of a round stands elsewhere than in the registry's tables."""
    voting, taken = row.phase == Phase.VOTING.value, row.phase in (Phase.VOTING.value, Phase.CLOSED.value)
    return {
        "counts": counts.handed_out(house, row.uuid),
        "manifest_hash": sha256_hex(row.manifest) if row.manifest else "",
        "root": written_root(house, row.uuid),
        "parts": [path.name for path in counting.parts(house, row.uuid)],
        "turnout": turnout.turnout(house, row.uuid) if voting else None,
        "reveal": projector.reveal_state(house, row),
        "wait": complaint_wait.waiting(house, row.uuid),
        "behind": by_two.behind(house, row, here.actor()) if taken else None,
        "little_room": little_room(folders_of(house.config)),
        "planned": current_app.view_functions.keys() >= PLANNING,
    }


PLANNING = {"planning.clone", "planning.of_round"}
"""Endpoints of an application that plans rounds: a new plan from this round, and the plan that it was made by."""
ACTS = {
    "niem-phong": sealing.seal,
    "rut-lenh": orders.withdraw_unbound,
    "chot": lambda house, uuid, actor: freezing.freeze(house, uuid, actor, undelivered=_undelivered()),
    "mo": readiness.open_voting,
    "dong": closing.close,
    "ho-so": closing.write_again,
    "kiem-phieu": counting.tally,
    "khoi-phuc": lambda house, uuid, actor: by_two.resume_behind(house, uuid, request.form["reason"], actor),
    "huy": lambda house, uuid, actor: annulling.annul(house, uuid, request.form["reason"], actor),
    "cong-bo": lambda house, uuid, actor: projector.reveal(house, uuid, actor, shown=number("shown")),
}


def _vote() -> Quick | None:
    """Return what the form is filled in with where it is for a vote that a rating leads to. Raises WrongShape."""
    uuid, official = request.args.get("tu", ""), request.args.get("nguoi", "")
    if not uuid:
        return None
    if not (official.isascii() and official.isdigit() and len(official) < 6):
        raise WrongShape("nguoi", expected="1…99999")
    _check_free(uuid)
    return confidence.quick(here.house(), uuid, int(official), request.args.get("ngay", ""), here.actor())


def _check_free(uuid: str) -> None:
    """Refuse another organisation's round, and one in which whoever asks is rated. Raises NoSuchRound."""
    organisations.check_own(here.house(), uuid, here.actor().organisation_id)
    conflicts.check_account(here.house(), uuid, name=current_user.name, role=current_user.role)


def _lists() -> tuple[str, str]:
    """Return the two lists: sent as files, or those of the rating that the vote is about. Raises BadList."""
    if source := request.form.get("source", ""):
        _check_free(source)
        return confidence.lists(here.house(), source, number("official"), here.actor())
    return _list("officials", OFFICIALS), _list("roll", ROLL)


def _small_round() -> rounds.SmallRound:
    form = request.form
    with reading(here.house().registry) as session:
        proposed = rule_books.load(session, here.actor().organisation_id, form["rule_set"]).disclosure
    officials, roll = _lists()
    settings = Settings(
        title=form["title"],
        body=form["body"],
        session=form["session"],
        date=form["date"],
        rule_set=form["rule_set"],
        rehearsal="rehearsal" in form,
        own_device="own_device" in form,
        accepted_by=form.get("accepted_by", "").strip(),
        disclosure=disclosure.decided(form.get("disclosure", ""), proposed),
        delegates=number("delegates"),
        committee_size=number("committee_size"),
        threshold=number("threshold"),
        minimum_ballots=number("minimum_ballots"),
        complaint_minutes=number("complaint_minutes"),
    )
    return rounds.SmallRound(settings, officials, roll)


def _undelivered() -> int | None:
    """Return the number that two persons accept, where it was typed."""
    return number("undelivered") if request.form.get("undelivered", "").strip() else None


def _list(name: str, sheet: Sheet) -> str:
    """Return one of the two lists, sent as .xlsx or .csv, as CSV text. Raises BadList."""
    sent = request.files[name]
    return pair.as_csv(sent.read(), sent.filename or "", sheet, name)
