"""Finding a person on the roll: by any part of name, unit or reference, with or without diacritics, or by a badge.

Here lives looking. Never here: a change to the roll, or a person of another round.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Round
from ballot.vietnamese import by_given_name, plain

BADGE = "PTN-DB:"
"""What the QR code of a voter's badge begins with; the reference follows."""
SHOWN = 50
TYPED = 200  # characters of a search that are looked at


@dataclass(frozen=True, slots=True)
class Found:
    """The first of those who match, by given name, and how many match in all."""

    voters: list[Voter]
    total: int


def search(session: Session, row: Round, typed: str) -> Found:
    """Return whose name, unit, site or reference holds what was typed; failing that, who has all of its words."""
    wanted = plain(typed[:TYPED])
    columns = select(Voter.id, Voter.name, Voter.unit, Voter.site, Voter.reference).where(Voter.round_id == row.id)
    roll = [(v.id, v.name, v.reference, plain(" ".join(v[1:]))) for v in session.execute(columns)]
    found = [v for v in roll if wanted in v[3]]
    if not found:
        found = [v for v in roll if all(word in v[3] for word in wanted.split())]
    found.sort(key=lambda v: (by_given_name(v[1]), v[2]))
    first = [v[0] for v in found[:SHOWN]]
    voters = {v.id: v for v in session.scalars(select(Voter).where(Voter.id.in_(first)))}
    return Found([voters[voter_id] for voter_id in first], len(found))


def addressed(session: Session, row: Round, typed: str) -> Voter | None:
    """Return the one voter whose badge was scanned or whose whole reference was typed.

    A scanner types as a keyboard does, so what the machine's own keyboard settings did to case and diacritics is
    forgiven where only one reference can be meant.
    """
    wanted = unicodedata.normalize("NFC", typed[:TYPED].strip())
    if plain(wanted).startswith(plain(BADGE)):
        wanted = wanted[len(BADGE) :].strip()
    roll = session.execute(select(Voter.id, Voter.reference).where(Voter.round_id == row.id)).all()
    meant = [v.id for v in roll if v.reference == wanted] or [v.id for v in roll if plain(v.reference) == plain(wanted)]
    return session.get(Voter, meant[0]) if wanted and len(meant) == 1 else None


def namesakes(session: Session, voter: Voter) -> list[Voter]:
    """Return the others of the round whose name looks the same without diacritics. Source: threats A23, H21."""
    columns = select(Voter.id, Voter.name).where(Voter.round_id == voter.round_id, Voter.id != voter.id)
    same = [v.id for v in session.execute(columns) if plain(v.name) == plain(voter.name)]
    return list(session.scalars(select(Voter).where(Voter.id.in_(same)).order_by(Voter.reference)))
