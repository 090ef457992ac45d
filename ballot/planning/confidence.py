"""A vote of confidence (bỏ phiếu tín nhiệm) out of a counted rating: that official, the same voters, the vote's rules.

Here lives what of the rating is taken over. Never here: whether the vote must be held; a person decides that, and reads
every step before the round is made.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue.errors import NoSuchEntry
from ballot.catalogue.rule_books import of_round, shelf
from ballot.house import House
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Official, Round
from ballot.phases import COUNTED
from ballot.planning import cloning, drafts, proposal
from ballot.planning.content import RATED, Basis, Content, Line, Officials
from ballot.planning.errors import NoVoteRules
from ballot.public.board import NotPublished
from ballot.round_lists import OFFICIALS, ROLL, SITE
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.i18n import said
from tally.protocol.ruleset import VOTE, RuleSet

LONGEST_TITLE = 400


def vote_rules(session: Session, row: Round) -> RuleSet:
    """Return the rules of the vote that a rating leads to. Raises NoVoteRules."""
    rated, books = of_round(session, row), shelf(session, row.organisation_id)
    found = books.load(rated.vote_rules) if rated.vote_rules in books.names() else None
    if found is None or found.kind != VOTE:
        raise NoVoteRules(number=rated.number)
    return found


def begin(house: House, uuid: str, number: int, day: str, actor: Actor) -> int:
    """Begin a draft of a vote on one official of a counted rating; return its id, 0 where the catalogue lacks the body.

    Raises NoSuchRound, NotPublished, NoSuchEntry, NoVoteRules.
    """
    with writing(house.registry) as session:
        row, official = _found(session, uuid, number, actor.organisation_id)
        rules, old = vote_rules(session, row), cloning.of_round(session, row)
        basis = replace(cloning.basis(session, row, day), rule_set=rules.id, title=_title(official))
        if not basis.body_id:
            return 0
        content = Content(basis=basis, policy=old.policy, source=uuid)
        content = replace(content, officials=_officials(session, row, basis, official))
        return drafts.begin(session, actor, replace(content, electorate=cloning.voters(session, row, basis, old))).id


def _officials(session: Session, row: Round, basis: Basis, official: Official) -> Officials:
    """Return that official as rated, with the posts of now where the catalogue knows them; all others are left out."""
    mine = cloning.line(official)
    below = proposal.bodies_around(session, row.organisation_id, basis)
    known = cloning.known_bodies(session, row)
    chosen = [b.id for b in below if b.id in known] or [b.id for b in below if b.proposed]
    now = proposal.officials(session, row.organisation_id, basis, chosen)
    lines = [_voted_on(line, mine) if line.key == mine.key else line for line in now.lines]
    if all(line.key != mine.key for line in lines):
        lines.insert(0, replace(mine, key="x1", person_id=0))
    return replace(now, lines=tuple(lines))


def _voted_on(now: Line, then: Line) -> Line:
    return replace(now, decision=RATED, reason="", citation="", form=then.form, block=then.block)


@dataclass(frozen=True, slots=True)
class Quick:
    """What the form of a small round is filled in with: the rating and the official that it is about, and the rest."""

    round: Round
    number: int
    name: str
    title: str
    date: str
    rule_set: str
    voters: int


def quick(house: House, uuid: str, number: int, day: str, actor: Actor) -> Quick:
    """Return what the form of a small round is filled in with. Raises as `begin`."""
    with reading(house.registry) as session:
        row, official = _found(session, uuid, number, actor.organisation_id)
        voters = session.scalars(select(Voter.id).where(Voter.round_id == row.id)).all()
        rules = vote_rules(session, row)
        return Quick(row, number, official.name, _title(official), day, rules.id, len(voters))


def lists(house: House, uuid: str, number: int, actor: Actor) -> tuple[str, str]:
    """Return the one official and the same voters as the two lists of a small round, CSV. Raises as `begin`."""
    with reading(house.registry) as session:
        row, official = _found(session, uuid, number, actor.organisation_id)
        voters = session.scalars(select(Voter).where(Voter.round_id == row.id).order_by(Voter.id))
        officials = [(official.block, official.name, official.position)]
        roll = [(voter.reference, voter.name, voter.unit, voter.site) for voter in voters]
    return _csv(OFFICIALS, officials), _csv((*ROLL, SITE), roll)


def _csv(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue()


def _found(session: Session, uuid: str, number: int, organisation_id: int) -> tuple[Round, Official]:
    row = cloning.own_round(session, uuid, organisation_id)
    if row.phase not in COUNTED:
        raise NotPublished("round")
    official = session.scalar(select(Official).where(Official.round_id == row.id, Official.number == number))
    if official is None:
        raise NoSuchEntry("number")
    return row, official


def _title(official: Official) -> str:
    sentence = _("Bỏ phiếu tín nhiệm đối với {name}, {position}")
    return said(sentence, name=official.name, position=official.position)[:LONGEST_TITLE].strip()
