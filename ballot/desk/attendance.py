"""How many are present, of how many summoned, at each site and in all; and whether that is enough.

Here lives the counting and the one line of arithmetic of the quorum. Never here: who is present, or when they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from ballot.catalogue.rule_books import of_round
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Round
from ballot.vietnamese import alphabetical
from tally.protocol.ruleset import Quorum


@dataclass(frozen=True, slots=True)
class SiteCount:
    """One site's numbers; a roll without sites has one, whose name is empty."""

    name: str
    present: int
    summoned: int


@dataclass(frozen=True, slots=True)
class Attendance:
    """The live counts of a round."""

    quorum: Quorum
    sites: tuple[SiteCount, ...]

    @property
    def present(self) -> int:
        """All who are present."""
        return sum(site.present for site in self.sites)

    @property
    def summoned(self) -> int:
        """All who were summoned."""
        return sum(site.summoned for site in self.sites)

    @property
    def needed(self) -> int:
        """The least number that is enough."""
        return needed(self.quorum, summoned=self.summoned)

    @property
    def enough(self) -> bool:
        """Whether enough are present."""
        return enough(self.quorum, present=self.present, summoned=self.summoned)

    def as_json(self) -> dict[str, Any]:
        """Return what the pages poll: counts only."""
        return {
            "present": self.present,
            "summoned": self.summoned,
            "needed": self.needed,
            "enough": self.enough,
            "quorum": {"numerator": self.quorum.numerator, "denominator": self.quorum.denominator},
            "sites": [{"site": s.name, "present": s.present, "summoned": s.summoned} for s in self.sites],
        }


def attendance(session: Session, row: Round) -> Attendance:
    """Return the live counts."""
    present = func.sum(case((Voter.present, 1), else_=0))
    counts = select(Voter.site, present, func.count()).where(Voter.round_id == row.id).group_by(Voter.site)
    sites = [SiteCount(name, int(here), summoned) for name, here, summoned in session.execute(counts)]
    ordered = sorted(sites, key=lambda site: (alphabetical(site.name), site.name))
    return Attendance(of_round(session, row).quorum, tuple(ordered))


def enough(quorum: Quorum, *, present: int, summoned: int) -> bool:
    """Compare the share present with the share that is needed, in integers. Source: design 4."""
    return quorum.denominator * present >= quorum.numerator * summoned


def needed(quorum: Quorum, *, summoned: int) -> int:
    """Return the least number present that is enough."""
    return -(-quorum.numerator * summoned // quorum.denominator)
