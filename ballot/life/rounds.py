"""A new round: what was planned, and its writing in one transaction.

Here lives the making of a round in phase draft. Never here: a key, or what happens to the round later.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue.rule_books import load
from ballot.catalogue.rule_fit import check_fit
from ballot.house import House
from ballot.log import audit
from ballot.models.registry import Exempt, Official, Round, Voter
from ballot.result import complaint_wait
from ballot.round_lists import OFFICIALS, ROLL, SITE, BadList, check_people, check_references, read_list
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.i18n import said
from tally.protocol.encoding import integer, text
from tally.protocol.errors import WrongShape
from tally.protocol.manifest import DISCLOSURES, MINIMUM_BALLOTS, SMALL_ELECTORATE, SMALLEST_ROLL, check_date
from tally.protocol.messages import MAX_TRUSTEES
from tally.protocol.phase import Phase
from tally.protocol.ruleset import RESTRICTED

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
MAX_SITES = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """What is decided for a round besides its lists; `plan` is the approved plan (canonical JSON), if there is one."""

    title: str
    body: str
    session: str
    date: str
    rule_set: str
    rehearsal: bool
    delegates: int
    committee_size: int
    threshold: int
    minimum_ballots: int
    own_device: bool = False
    disclosure: str = RESTRICTED
    secrecy: str = ""
    accepted_by: str = ""
    plan: bytes | None = None
    complaint_minutes: int = complaint_wait.DEFAULT_MINUTES


@dataclass(frozen=True, slots=True)
class Rated:
    """One line of the ballot; `person_id` where the catalogue knows them, `authority` who manages them."""

    name: str
    position: str
    block: str
    form: str = ""
    authority: str = ""
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entitled:
    """One line of the roll."""

    reference: str
    name: str
    unit: str
    site: str = ""
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who holds a rated post and is exempt."""

    name: str
    position: str
    reason: str
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an organiser enters to create a round at once; the lists are CSV text."""

    title: str
    body: str
    session: str
    date: str
    rule_set: str
    rehearsal: bool
    delegates: int
    committee_size: int
    threshold: int
    minimum_ballots: int
    officials: str
    roll: str
    own_device: bool = False
    accepted_by: str = ""
    disclosure: str = RESTRICTED
    complaint_minutes: int = complaint_wait.DEFAULT_MINUTES

    def settings(self) -> Settings:
        """Return what is not a list."""
        return Settings(
            title=self.title,
            body=self.body,
            session=self.session,
            date=self.date,
            rule_set=self.rule_set,
            rehearsal=self.rehearsal,
            delegates=self.delegates,
            committee_size=self.committee_size,
            threshold=self.threshold,
            minimum_ballots=self.minimum_ballots,
            own_device=self.own_device,
            accepted_by=self.accepted_by,
            disclosure=self.disclosure,
            complaint_minutes=self.complaint_minutes,
        )


def create(house: House, plan: Plan, actor: Actor) -> str:
    """Create a round in phase draft from two CSV lists and return its uuid.

    Raises BadList naming the row, BadText, WrongShape, UnknownRuleSet, RulesUnfit; nothing is written then.
    """
    with reading(house.registry) as session:
        load(session, actor.organisation_id, plan.rule_set)
    _check_settings(plan.settings())
    officials = read_list(plan.officials, OFFICIALS, "officials")
    voters = read_list(plan.roll, ROLL, "roll", optional=SITE)
    rated = [Rated(o["ho_ten"], o["chuc_vu"], o["khoi"]) for o in officials]
    roll = [Entitled(v["ma"], v["ho_ten"], v["don_vi"], v[SITE]) for v in voters]
    return create_planned(house, plan.settings(), rated, roll, actor)


def create_planned(
    house: House,
    settings: Settings,
    rated: Sequence[Rated],
    roll: Sequence[Entitled],
    actor: Actor,
    *,
    exempt: Sequence[LeftOut] = (),
) -> str:
    """Create a round in phase draft and return its uuid; forms and blocks keep the order in which they first stand.

    Raises BadList, BadText, WrongShape, UnknownRuleSet, RulesUnfit; nothing is written then.
    """
    with writing(house.registry) as session:
        return write_planned(session, settings, rated, roll, actor, exempt=exempt)


def write_planned(
    session: Session,
    settings: Settings,
    rated: Sequence[Rated],
    roll: Sequence[Entitled],
    actor: Actor,
    *,
    exempt: Sequence[LeftOut] = (),
) -> str:
    """Create a round as `create_planned` does, as a part of its caller's transaction."""
    rules = load(session, actor.organisation_id, settings.rule_set)
    _check_settings(settings)
    check_fit(rules, settings.date)
    _check_lists(settings, rated, roll)
    uuid = "".join(secrets.choice(BASE58) for _ in range(14))
    row = _round(settings, uuid, actor.organisation_id)
    session.add(row)
    session.flush()
    complaint_wait.plan(session, row, settings.complaint_minutes)
    for number, o in enumerate(_in_ballot_order(rated), start=1):
        line = {"block": o.block, "form": o.form, "name": o.name, "position": o.position}
        more = {"authority": o.authority, "person_id": o.person_id}
        session.add(Official(round_id=row.id, number=number, **line, **more))
    for v in roll:
        line = {"reference": v.reference, "name": v.name, "unit": v.unit, "site": v.site}
        session.add(Voter(round_id=row.id, present=False, desk="", person_id=v.person_id, **line))
    for number, e in enumerate(exempt, start=1):
        said_of = {"name": e.name, "position": e.position, "reason": e.reason, "citation": e.citation}
        session.add(Exempt(round_id=row.id, number=number, **said_of))
    audit.record(session, actor.organisation_id, actor=actor.login, act="create", subject=uuid)
    return uuid


def _in_ballot_order(rated: Sequence[Rated]) -> list[Rated]:
    """Return the lines with every form, and in it every block, standing together."""
    forms = list(dict.fromkeys(o.form for o in rated))
    blocks = list(dict.fromkeys((o.form, o.block) for o in rated))
    return sorted(rated, key=lambda o: (forms.index(o.form), blocks.index((o.form, o.block))))


def _check_lists(settings: Settings, rated: Sequence[Rated], roll: Sequence[Entitled]) -> None:
    """Refuse a reference or a person that stands twice, more sites than a round may have, and a roll out of bounds."""
    check_references([v.reference for v in roll])
    check_people([(o.name, o.position) for o in rated])
    if not rated:
        raise BadList("officials", reason=_("không có dòng nào"))
    if len({v.site for v in roll}) > MAX_SITES:
        raise BadList("roll", reason=said(_("nhiều hơn {most} điểm"), most=MAX_SITES))
    if len({o.form for o in rated}) > 1 and not all(o.form for o in rated):
        raise BadList("officials", reason=_("có dòng chưa ghi loại phiếu"))
    if not SMALLEST_ROLL <= len(roll) <= settings.delegates:
        raise WrongShape("roll", expected=f"{SMALLEST_ROLL}…{settings.delegates}")
    if len(roll) < SMALL_ELECTORATE and not settings.rehearsal:
        text(settings.accepted_by, "accepted_by", limit=200)


def _check_settings(settings: Settings) -> None:
    """Refuse now what a manifest would refuse later, so that every round that exists can be sealed."""
    check_date(settings.date, "date")
    integer(settings.committee_size, "committee_size", 1, MAX_TRUSTEES)
    integer(settings.threshold, "threshold", min(2, settings.committee_size), settings.committee_size)
    integer(settings.minimum_ballots, "minimum_ballots", 1 if settings.rehearsal else MINIMUM_BALLOTS, 10_000)
    integer(settings.delegates, "delegates", SMALLEST_ROLL, 1_000_000)
    if settings.disclosure not in DISCLOSURES:
        raise WrongShape("disclosure", expected=" / ".join(DISCLOSURES))
    text(settings.secrecy, "secrecy", limit=40, empty=True)
    text(settings.accepted_by, "accepted_by", limit=200, empty=True)


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
