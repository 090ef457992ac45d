"""The sites (điểm cầu) of a round: which have handed in all their ballots, and the envelopes that were carried to them.

Here lives what was said of a site as a whole. Never here: a number that depends on who voted.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.columns import one_of
from ballot.models.registry.base import RegistryBase


class SiteState(RegistryBase):
    """What was said of a site (điểm cầu) about its ballots: all in, or given up by two persons; none: it is waited for.

    `first` and `second` are logins; `why` is the reason of giving up.
    """

    __tablename__ = "site_state"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="site_state_round"), primary_key=True)
    site: Mapped[str] = mapped_column(String(200), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    first: Mapped[str] = mapped_column(String(60))
    second: Mapped[str] = mapped_column(String(60))
    why: Mapped[str] = mapped_column(String(400))
    __table_args__ = (one_of("state", ("all_in", "giving_up", "given_up"), name="site_state_known"),)


class SiteEnvelopes(RegistryBase):
    """How many finished envelopes were carried to a site (điểm cầu), and how many came back unopened."""

    __tablename__ = "site_envelopes"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="site_envelopes_round"), primary_key=True)
    site: Mapped[str] = mapped_column(String(200), primary_key=True)
    sent: Mapped[int]
    back: Mapped[int]
