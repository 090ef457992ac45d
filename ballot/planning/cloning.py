"""A new draft out of an earlier round of the same organisation: its settings, and its lists as the catalogue is now.

Here lives the reading of a round as a draft, and what differs since. Never here: a change to that round.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor, find_round
from ballot.catalogue.lineage import Lineage
from ballot.catalogue.rule_books import shelf
from ballot.house import House
from ballot.models.registry.planning import Draft
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Exempt, Official, Round
from ballot.planning import differences, drafts, electorate, proposal
from ballot.planning.content import EXEMPT, RATED, Basis, Content, Electorate, Invited, Line, Officials, Policy
from ballot.result import complaint_wait
from ballot.round_errors import NoSuchRound
from ballot.storage import writing

WHY = "theo danh sách đợt trước"


def clone(house: House, uuid: str, day: str, actor: Actor) -> int:
    """Begin a draft for a day from a round of the same organisation and return its id. Raises NoSuchRound."""
    with writing(house.registry) as session:
        row = own_round(session, uuid, actor.organisation_id)
        old = of_round(session, row)
        basis_ = basis(session, row, day)
        content = Content(basis=basis_, policy=old.policy, source=uuid)
        content = replace(content, officials=_officials(session, row, basis_, old))
        content = replace(content, electorate=voters(session, row, basis_, old))
        return drafts.begin(session, actor, content).id


def own_round(session: Session, uuid: str, organisation_id: int) -> Round:
    """Return a round of this organisation. Raises NoSuchRound. Source: threats H5."""
    row = find_round(session, uuid)
    if row.organisation_id != organisation_id:
        raise NoSuchRound("round")
    return row


def of_round(session: Session, row: Round) -> Content:
    """Return a round as the draft that it could have been made of; groups are not known any more."""
    officials = session.scalars(select(Official).where(Official.round_id == row.id).order_by(Official.number))
    exempt = session.scalars(select(Exempt).where(Exempt.round_id == row.id).order_by(Exempt.number))
    roll = session.scalars(select(Voter).where(Voter.round_id == row.id).order_by(Voter.id))
    lines = [line(o) for o in officials]
    lines += [Line(f"e{e.number}", 0, e.name, (e.position,), "", "", "", EXEMPT, e.reason, e.citation) for e in exempt]
    invited = electorate.in_order(_voter(v) for v in roll)
    held = Basis(row.rule_set, row.title, row.session, row.date, 0, row.body)
    policy = Policy(
        row.committee_size, row.threshold, row.minimum_ballots, row.own_device, row.disclosure, row.secrecy,
        complaint_wait.length(session, row),
    )  # fmt: skip
    return Content(
        basis=held,
        officials=Officials(row.date, row.rule_set, (), tuple(lines)),
        electorate=Electorate(row.date, (), row.delegates, invited, ()),
        policy=policy,
    )


def compared(session: Session, organisation_id: int, content: Content) -> list[str]:
    """Return what differs between a draft and the round it was cloned from. Raises NoSuchRound."""
    old = of_round(session, own_round(session, content.source, organisation_id))
    both = [replace(each, officials=_without_exempt(each.officials)) for each in (old, content)]
    return differences.of_facts(*both, shelf(session, organisation_id))


def _without_exempt(officials: Officials | None) -> Officials | None:
    return replace(officials, lines=officials.of(RATED)) if officials else None


def line(o: Official) -> Line:
    """Return an official of a round as a line of a draft."""
    key = f"p{o.person_id}" if o.person_id else f"x{o.number}"
    return Line(key, o.person_id or 0, o.name, tuple(o.position.split("; ")), o.authority, o.form, o.block, RATED)


def _voter(v: Voter) -> Invited:
    key = f"p{v.person_id}" if v.person_id else f"x{v.id}"
    return Invited(key, v.person_id or 0, v.reference, v.name, v.unit, v.site, (), WHY)


def basis(session: Session, row: Round, day: str) -> Basis:
    """Return the round's basis on another day, its body as it is called then; none where the catalogue has no such."""
    lineage = Lineage.of(session, row.organisation_id)
    named = [body for body in lineage.bodies.values() if body.name == row.body]
    heirs = [lineage.named_on(lineage.heir(body.id, day).id, day) for body in named]
    body = next((heir for heir in heirs if heir is not None), None)
    return Basis(row.rule_set, row.title, "", day, body.id if body else 0, body.name if body else row.body)


def _planned(session: Session, row: Round) -> Content | None:
    """Return the draft that a round was made of, which knows the bodies and groups."""
    mine = select(Draft).where(Draft.organisation_id == row.organisation_id, Draft.round_uuid == row.uuid)
    found = session.scalar(mine)
    return drafts.working(found) if found else None


def known_bodies(session: Session, row: Round) -> set[int]:
    """Return the bodies whose posts a round rated, where it was planned from the catalogue."""
    planned = _planned(session, row)
    return set(planned.officials.body_ids) if planned and planned.officials else set()


def _officials(session: Session, row: Round, basis: Basis, old: Content) -> Officials | None:
    """Return who holds the posts now, in the blocks and order of then; whom the catalogue never knew stays."""
    if not basis.body_id:
        return old.officials
    below, known = proposal.bodies_around(session, row.organisation_id, basis), known_bodies(session, row)
    chosen = [b.id for b in below if b.id in known] or [b.id for b in below if b.proposed]
    new = proposal.officials(session, row.organisation_id, basis, chosen)
    return proposal.merged(_without_exempt(old.officials), new)


def voters(session: Session, row: Round, basis: Basis, old: Content) -> Electorate | None:
    """Return the union of the groups of then on the new day, and by hand whoever was there besides."""
    planned = _planned(session, row)
    members = proposal.members(session, row.organisation_id, basis.date)
    if planned and planned.electorate:
        chosen = [key for key in planned.electorate.group_ids if key in members]
        by_hand = [v for v in planned.electorate.voters if not v.groups]
        out = {v.key: v.why for v in planned.electorate.excluded}
    else:
        chosen, out = _groups_of(session, row, old), {}
        named = {v.key for key in chosen for v in proposal.members(session, row.organisation_id, row.date)[key][1]}
        by_hand = [v for v in old.voters if v.key not in named]
    if not chosen and not by_hand:
        return None
    return electorate.electorate(
        [members[key] for key in chosen],
        day=basis.date,
        group_ids=chosen,
        delegates=0,
        excluded=out,
        added=[_now(session, row.organisation_id, voter) for voter in by_hand],
        sites={voter.key: voter.site for voter in old.voters},
    )


def _groups_of(session: Session, row: Round, old: Content) -> list[int]:
    """Return the groups that were on the roll of then with every one of their members."""
    roll = {voter.key for voter in old.voters}
    then = proposal.members(session, row.organisation_id, row.date)
    return [key for key, (_name, people) in then.items() if people and {voter.key for voter in people} <= roll]


def _now(session: Session, organisation_id: int, voter: Invited) -> Invited:
    """Return a voter with the name and unit that the catalogue has now, where it knows them."""
    person = proposal.person_of(session, organisation_id, voter.code) if voter.person_id else None
    if person is None or person.id != voter.person_id:
        return voter
    return replace(voter, name=person.name, unit=person.unit)


def rounds_of(session: Session, organisation_id: int) -> list[Round]:
    """Return an organisation's rounds that may be cloned, newest first."""
    mine = select(Round).where(Round.organisation_id == organisation_id)
    return list(session.scalars(mine.order_by(Round.date.desc(), Round.id.desc())))
