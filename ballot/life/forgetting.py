"""Forgetting the people of a round: what names somebody of its roll goes, what counts them stays.

Here lives what is deleted, table by table. Never here: when it may be, or who decides it (retention.py).

The roll is replaced by as many lines without a name, in no order of the old ones, so that the sums of attendance still
stand. Record, documents, log and book of incidents are kept: they are what the result is proved by. Threats 5.12, 2.B.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ballot.models.registry.acts import Proposal
from ballot.models.registry.dossiers import Dossier, DossierPage
from ballot.models.registry.issuing import IssuerLedger
from ballot.models.registry.planning import Draft
from ballot.models.registry.roll import Attested, Portrait, Voter, VoterLogin
from ballot.models.registry.rounds import Round
from ballot.models.registry.slips import SlipOrder

NOTHING = b"\0" * 32


def forget_people(session: Session, row: Round) -> None:
    """Delete what names anybody of the roll of this round, in its caller's transaction."""
    voters = select(Voter.id).where(Voter.round_id == row.id)
    for table in (Portrait, Attested, VoterLogin):
        session.execute(delete(table).where(table.voter_id.in_(voters)))
    session.execute(delete(SlipOrder).where(SlipOrder.round_id == row.id))
    session.execute(delete(Proposal).where(Proposal.round_id == row.id))
    papers = select(Dossier.id).where(Dossier.round_id == row.id)
    session.execute(delete(DossierPage).where(DossierPage.dossier_id.in_(papers)))
    session.execute(delete(Dossier).where(Dossier.round_id == row.id))
    session.execute(delete(Draft).where(Draft.round_uuid == row.uuid))
    # Without its salt a hash in an issuer's log is nobody's, and without theirs the roll's digest is no list's.
    session.execute(update(IssuerLedger).where(IssuerLedger.round_id == row.id).values(salt=NOTHING))
    row.plan, row.roll_salt = None, NOTHING
    _count_nobody(session, row)


def _count_nobody(session: Session, row: Round) -> None:
    """Put lines without a name in the place of the roll, as many at each site and as many of them present."""
    mine = select(Voter.site, Voter.present).where(Voter.round_id == row.id)
    counted = sorted(tuple(line) for line in session.execute(mine))
    session.execute(delete(Voter).where(Voter.round_id == row.id))
    nobody = {"name": "–", "unit": "", "desk": "", "person_id": None}
    session.add_all(
        Voter(round_id=row.id, reference=str(number), site=site, present=present, **nobody)
        for number, (site, present) in enumerate(counted, start=1)
    )
