"""The organisers' pages: rounds, a new round, one round with its next act.

Here live views only: read the form, call one use case, show a page. Never here: a rule.
"""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from ballot import (
    annulling,
    closing,
    committee_panel,
    conflicts,
    counting,
    counts,
    freezing,
    orders,
    portraits,
    readiness,
    rounds,
    sealing,
)
from ballot.access import Who, allow
from ballot.acts import Actor, SecondPersonNeeded, find_round
from ballot.attendance import attendance
from ballot.house import House
from ballot.models.registry import Account, Official, Proposal, Round
from ballot.storage import reading
from tally import rules
from tally.i18n import marked
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import WrongShape

blueprint = Blueprint("console", __name__)


@blueprint.get("/")
@allow(Who.STAFF)
def index() -> str:
    """List rounds."""
    with reading(_house().registry) as session:
        found = session.scalars(select(Round).order_by(Round.id.desc())).all()
    return render_template("console/index.html", rounds=found)


@blueprint.get("/dot-moi")
@allow(Who.ORGANISER)
def new() -> str:
    """Show the form of a new round."""
    return render_template("console/new.html", rule_sets=[rules.load(name) for name in rules.names()])


@blueprint.post("/dot-moi")
@allow(Who.ORGANISER)
def create() -> Response:
    """Create a round from the form."""
    uuid = rounds.create(_house(), _plan(), _actor())
    return redirect(url_for("console.show", uuid=uuid))


@blueprint.get("/dot/<uuid>/")
@allow(Who.STAFF)
def show(uuid: str) -> str:
    """Show one round: where it stands, what is next, who must do it."""
    house = _house()
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        officials = session.scalars(select(Official).where(Official.round_id == row.id).order_by(Official.number)).all()
        asked = session.scalars(select(Proposal).where(Proposal.round_id == row.id)).all()
        proposals = {p.act: session.get(Account, p.account_id) for p in asked}
        present, photos = attendance(session, row), portraits.count(session, row)
        conflict = conflicts.standing(session, row)
        board = committee_panel.panel(house, session, row, _actor())
    return render_template(
        "console/round.html",
        photos=photos,
        round=row,
        officials=officials,
        proposals=proposals,
        conflict=conflict,
        committee=board,
        attendance=present,
        counts=counts.handed_out(house, uuid),
        without=next((p for p in asked if p.act == freezing.ACT), None),
        manifest_hash=sha256_hex(row.manifest) if row.manifest else "",
        root=closing.written_root(house, uuid),
        parts=[path.name for path in counting.parts(house, uuid)],
        record=house.record(uuid),
    )


@blueprint.post("/dot/<uuid>/viec/<act>")
@allow(Who.ORGANISER)
def act(uuid: str, act: str) -> Response:
    """Do one act; acts of two persons are proposed first."""
    if act not in ACTS:
        raise WrongShape("act", expected=" / ".join(ACTS))
    done = ACTS[act](_house(), uuid, _actor())
    if act in ("chot", "mo", "dong", "huy") and (done is None or done is False):
        raise SecondPersonNeeded("round")
    return redirect(url_for("console.show", uuid=uuid))


@blueprint.post("/dot/<uuid>/phong-bi")
@allow(Who.ORGANISER)
def envelopes(uuid: str) -> Response:
    """Order slips for envelopes."""
    orders.order_envelopes(_house(), uuid, _number("count"), _actor())
    return redirect(url_for("console.show", uuid=uuid))


ACTS = {
    "niem-phong": sealing.seal,
    "rut-lenh": orders.withdraw_unbound,
    "chot": lambda house, uuid, actor: freezing.freeze(house, uuid, actor, undelivered=_undelivered()),
    "mo": readiness.open_voting,
    "dong": closing.close,
    "ho-so": closing.write_again,
    "kiem-phieu": counting.tally,
    "huy": lambda house, uuid, actor: annulling.annul(house, uuid, request.form["reason"], actor),
}


def _plan() -> rounds.Plan:
    form, files = request.form, request.files
    return rounds.Plan(
        title=form["title"],
        body=form["body"],
        session=form["session"],
        date=form["date"],
        rule_set=form["rule_set"],
        rehearsal="rehearsal" in form,
        own_device="own_device" in form,
        delegates=_number("delegates"),
        committee_size=_number("committee_size"),
        threshold=_number("threshold"),
        minimum_ballots=_number("minimum_ballots"),
        officials=_csv(files["officials"].read()),
        roll=_csv(files["roll"].read()),
    )


def _undelivered() -> int | None:
    """Return the number that two persons accept, where it was typed."""
    return _number("undelivered") if request.form.get("undelivered", "").strip() else None


def _number(name: str) -> int:
    value = request.form[name].strip()
    if not (value.isascii() and value.isdigit() and len(value) < 7):
        raise WrongShape(name, expected="0…999999")
    return int(value)


def _csv(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise rounds.BadList("csv", reason=marked("tệp không phải UTF-8")) from None


def _house() -> House:
    return current_app.config["HOUSE"]


def _actor() -> Actor:
    return current_user.actor
