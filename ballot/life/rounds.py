"""A new round: out of what was planned, in one transaction.

Here lives the writing of a round in phase draft. Never here: what may be planned (planned.py), a key, or what happens
to the round later.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue.rule_books import load
from ballot.catalogue.rule_fit import check_fit
from ballot.house import House
from ballot.life.planned import Entitled, Planned, Rated, Settings, check_lists, check_settings
from ballot.log import audit
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Exempt, Official, Round
from ballot.result import complaint_wait
from ballot.round_lists import OFFICIALS, ROLL, SITE, read_list
from ballot.storage import reading, writing
from tally.protocol.encoding import text
from tally.protocol.phase import Phase

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class SmallRound:
    """What an organiser enters to create a round at once: its settings, and the two lists as CSV text."""

    settings: Settings
    officials: str
    roll: str


def create(house: House, entered: SmallRound, actor: Actor) -> str:
    """Create a round in phase draft from two CSV lists and return its uuid.

    Raises BadList naming the row, BadText, WrongShape, UnknownRuleSet, RulesUnfit; nothing is written then.
    """
    with reading(house.registry) as session:
        load(session, actor.organisation_id, entered.settings.rule_set)
    check_settings(entered.settings)
    officials = read_list(entered.officials, OFFICIALS, "officials")
    voters = read_list(entered.roll, ROLL, "roll", optional=SITE)
    rated = [Rated(o["ho_ten"], o["chuc_vu"], o["khoi"]) for o in officials]
    roll = [Entitled(v["ma"], v["ho_ten"], v["don_vi"], v[SITE]) for v in voters]
    return create_planned(house, Planned(entered.settings, rated, roll), actor)


def create_planned(house: House, planned: Planned, actor: Actor) -> str:
    """Create a round in phase draft and return its uuid; forms and blocks keep the order in which they first stand.

    Raises BadList, BadText, WrongShape, UnknownRuleSet, RulesUnfit; nothing is written then.
    """
    with writing(house.registry) as session:
        return write_planned(session, planned, actor)


def write_planned(session: Session, planned: Planned, actor: Actor) -> str:
    """Create a round as `create_planned` does, as a part of its caller's transaction."""
    settings = planned.settings
    rules = load(session, actor.organisation_id, settings.rule_set)
    check_settings(settings)
    check_fit(rules, settings.date)
    check_lists(planned)
    uuid = "".join(secrets.choice(BASE58) for _ in range(14))
    row = _round(settings, uuid, actor.organisation_id)
    session.add(row)
    session.flush()
    complaint_wait.plan(session, row, settings.complaint_minutes)
    _add_lists(session, row, planned)
    audit.record(session, actor.organisation_id, actor=actor.login, act="create", subject=uuid)
    return uuid


def _add_lists(session: Session, row: Round, planned: Planned) -> None:
    for number, o in enumerate(planned.in_ballot_order(), start=1):
        line = {"block": o.block, "form": o.form, "name": o.name, "position": o.position}
        more = {"authority": o.authority, "person_id": o.person_id}
        session.add(Official(round_id=row.id, number=number, **line, **more))
    for v in planned.roll:
        line = {"reference": v.reference, "name": v.name, "unit": v.unit, "site": v.site}
        session.add(Voter(round_id=row.id, present=False, desk="", person_id=v.person_id, **line))
    for number, e in enumerate(planned.exempt, start=1):
        said_of = {"name": e.name, "position": e.position, "reason": e.reason, "citation": e.citation}
        session.add(Exempt(round_id=row.id, number=number, **said_of))


def _round(settings: Settings, uuid: str, organisation_id: int) -> Round:
    return Round(
        organisation_id=organisation_id,
        uuid=uuid,
        phase=Phase.DRAFT.value,
        title=text(settings.title, "title"),
        body=text(settings.body, "body"),
        session=text(settings.session, "session", empty=True),
        date=settings.date,
        rule_set=settings.rule_set,
        rehearsal=settings.rehearsal,
        delegates=settings.delegates,
        committee_size=settings.committee_size,
        threshold=settings.threshold,
        minimum_ballots=settings.minimum_ballots,
        roll_salt=secrets.token_bytes(32),
        own_device=settings.own_device,
        fleet_key=secrets.token_urlsafe(24),
        staging_key=secrets.token_hex(32),
        manifest=None,
        frozen=False,
        disclosure=settings.disclosure,
        secrecy=settings.secrecy,
        accepted_by=settings.accepted_by,
        projector_key=secrets.token_urlsafe(24),
        reading_key=secrets.token_urlsafe(24),
        revealed=0,
        plan=settings.plan,
    )
