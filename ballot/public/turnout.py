"""Turnout that gives nothing away: how many ballots lie in sealed batches, in whole tens, and never at which site.

Here lives reading the box's own checkpoints. Never here: a count of what no batch holds yet, a time, or a site.

A batch is ten ballots drawn by chance from at least twenty, so this number is late by construction (SPEC 5.9; threats
B12). Only after the close is the exact number anybody's to know.
"""

from __future__ import annotations

from dataclasses import dataclass

from ballot.box.checkpoints import notes
from ballot.box_round import count, round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.phases import CLOSED
from ballot.storage import reading
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.election import Election
from tally.protocol.phase import Phase

STEP = 10
FEW, LEAST = _("dưới 10"), _("ít nhất {count}")


@dataclass(frozen=True, slots=True)
class Turnout:
    """What may be said while the box is open; `tens` is a multiple of ten."""

    tens: int

    @property
    def words(self) -> str:
        """Return it as people read it."""
        return translate(LEAST).format(count=self.tens) if self.tens else translate(FEW)


def turnout(house: House, uuid: str) -> Turnout | None:
    """Return the turnout of an open box; nothing in any other phase. Raises NoSuchRound."""
    with reading(house.box) as session:
        row = round_of(session, uuid)
        if row.phase != Phase.VOTING.value:
            return None
        sealed = notes(session, uuid, Election.parse(row.election or b""))
    return Turnout(int(sealed[-1].lines[1]) // STEP * STEP if sealed else 0)


def collected(house: House, uuid: str) -> int | None:
    """Return how many ballots a closed box holds; nothing before the close. Raises NoSuchRound."""
    with reading(house.box) as session:
        row = round_of(session, uuid)
        return count(session, tables.Ballot, uuid) if row.phase in CLOSED else None
