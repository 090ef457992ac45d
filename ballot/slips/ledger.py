"""The ledger of an issuer inside the registry's process, in the registry's database.

Here lives where it lies, and until when it grows. Never here: a key, or a decision to sign.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ballot.ledger import StoredLedger
from ballot.models.registry.issuing import IssuerEntry, IssuerLedger
from ballot.models.registry.rounds import Round
from ballot.storage import reading, writing
from keys.signers import IssuingFrozen


class RegistryLedger(StoredLedger):
    """The ledger of one issuer of one round."""

    _table = IssuerEntry

    def __init__(self, engine: Engine, *, round_id: int, issuer: str, manifest: str) -> None:
        super().__init__(engine, issuer=issuer, manifest=manifest)
        self._place = {"round_id": round_id, "issuer": issuer}

    @property
    def salt(self) -> bytes:
        """Salt of the voters' hashes, drawn when the first of them is made."""
        key = (self._place["round_id"], self.issuer)
        with reading(self._engine) as session:
            row = session.get(IssuerLedger, key)
        if row is None:
            with writing(self._engine) as session:
                row = session.get(IssuerLedger, key)
                if row is None:
                    row = IssuerLedger(**self._place, salt=secrets.token_bytes(32))
                    session.add(row)
        return row.salt

    def _check_going_on(self, session: Session) -> None:
        if session.scalar(select(Round.frozen).where(Round.id == self._place["round_id"])):
            raise IssuingFrozen(self.issuer)  # the list is fixed: nothing may be signed beside it
