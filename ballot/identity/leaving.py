"""What somebody asked for whose account ends, or gets another role: no second person can confirm it any more.

Here lives forgetting it. Never here: an act that two have agreed on, or what the log says of either.

An act of two persons is confirmed by whoever asks for the same; a word that was left behind by somebody who may not ask
any more would let one person act alone. Source: threats P2, E5.
"""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from ballot.models.registry.accounts import Account
from ballot.models.registry.acts import Proposal
from ballot.models.registry.committee import Override
from ballot.models.registry.planning import Draft
from ballot.models.registry.sites import SiteState


def forget_asked(session: Session, account: Account) -> None:
    """Forget what this account asked for and nobody confirmed; whoever wants it still asks for it again."""
    session.execute(delete(Proposal).where(Proposal.account_id == account.id))
    session.execute(delete(Override).where(Override.first == account.login, Override.second == ""))
    session.execute(delete(SiteState).where(SiteState.first == account.login, SiteState.state == "giving_up"))
    mine = update(Draft).where(Draft.proposed_by == account.login)
    session.execute(mine.values(proposed=None, proposed_by="", revision=Draft.revision + 1))
