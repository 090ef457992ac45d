"""Custody counted by site: how many came, what slips were printed for them, which envelopes were carried out.

Here lives reading the registry. Never here: a credential, or a ballot; no number here changes when somebody votes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Round
from ballot.models.registry.sites import SiteEnvelopes
from ballot.models.registry.slips import OrderKind, OrderState, SlipOrder
from ballot.vietnamese import alphabetical

OF_A_VOTER = tuple(kind.value for kind in OrderKind if kind != OrderKind.ENVELOPE)
OF_ONE = (OrderKind.FIRST.value, OrderKind.OWN_DEVICE.value)
"""Kinds of which a voter has one at most: whoever is present with neither has drawn an envelope, or has no slip yet."""


@dataclass(frozen=True, slots=True)
class SiteCustody:
    """The counters of one site. `replaced` slips were printed for as many spoiled ones that were handed back there.

    `without` are present and have no slip under their name: an envelope after the freeze, none yet before it.
    """

    site: str
    summoned: int
    present: int
    first: int
    replaced: int
    own_device: int
    open: int
    without: int
    frozen: bool
    sent: int
    back: int

    @property
    def issued(self) -> int:
        """How many people of this site hold a slip: what a closed box may lack when the site is given up."""
        return self.first + self.own_device + (self.without if self.frozen else 0)

    @property
    def printed(self) -> int:
        """How many slips were printed for people of this site."""
        return self.first + self.replaced + self.own_device


@dataclass(frozen=True, slots=True)
class Custody:
    """All sites, and what belongs to none: printed envelopes, and envelopes still being made."""

    sites: tuple[SiteCustody, ...]
    envelopes: int
    envelopes_open: int

    def total(self, name: str) -> int:
        """Return the sum of one counter over all sites."""
        return sum(int(getattr(site, name)) for site in self.sites)

    @property
    def printed(self) -> int:
        """All printed slips of the round."""
        return self.total("printed") + self.envelopes

    @property
    def open(self) -> int:
        """All orders that are not printed yet."""
        return self.total("open") + self.envelopes_open


def custody(session: Session, row: Round) -> Custody:
    """Return the counters of a round; a roll without sites has one, whose name is empty."""
    counted = select(Voter.site, Voter.present, func.count()).where(Voter.round_id == row.id)
    voters = session.execute(counted.group_by(Voter.site, Voter.present))
    people = Counter({(site, bool(here)): number for site, here, number in voters})
    slips = _slips(session, row)
    held = Counter(dict(_present_with_slip(session, row)))
    envelopes = session.scalars(select(SiteEnvelopes).where(SiteEnvelopes.round_id == row.id))
    carried = {e.site: (e.sent, e.back) for e in envelopes}
    sites = sorted({site for site, _here in people}, key=lambda name: (alphabetical(name), name))
    return Custody(
        tuple(
            SiteCustody(
                site=site,
                summoned=people[site, True] + people[site, False],
                present=people[site, True],
                first=slips[site, OrderKind.FIRST.value, True],
                replaced=slips[site, OrderKind.REPLACEMENT.value, True],
                own_device=slips[site, OrderKind.OWN_DEVICE.value, True],
                open=sum(slips[site, kind, False] for kind in OF_A_VOTER),
                without=people[site, True] - held[site],
                frozen=row.frozen,
                sent=carried.get(site, (0, 0))[0],
                back=carried.get(site, (0, 0))[1],
            )
            for site in sites
        ),
        envelopes=slips["", OrderKind.ENVELOPE.value, True],
        envelopes_open=slips["", OrderKind.ENVELOPE.value, False],
    )


def _slips(session: Session, row: Round) -> Counter[tuple[str, str, bool]]:
    """Count orders by (site, kind, whether printed); an envelope is nobody's and so of no site."""
    found = select(Voter.site, SlipOrder.kind, SlipOrder.state, func.count()).select_from(SlipOrder)
    grouped = found.outerjoin(Voter, Voter.id == SlipOrder.voter_id).where(SlipOrder.round_id == row.id)
    counted: Counter[tuple[str, str, bool]] = Counter()
    for site, kind, state, number in session.execute(grouped.group_by(Voter.site, SlipOrder.kind, SlipOrder.state)):
        counted[site or "", kind, state == OrderState.PRINTED.value] += number
    return counted


def _present_with_slip(session: Session, row: Round) -> Iterable[tuple[str, int]]:
    found = select(Voter.site, func.count()).join(SlipOrder, SlipOrder.once == Voter.id)
    mine = found.where(Voter.round_id == row.id, Voter.present, SlipOrder.kind.in_(OF_ONE))
    if row.frozen:  # what was not printed by then is replaced by an envelope
        mine = mine.where(SlipOrder.state == OrderState.PRINTED.value)
    return ((site, number) for site, number in session.execute(mine.group_by(Voter.site)))
