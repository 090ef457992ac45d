"""The ledger of an issuer that is a process of its own, in its own database.

Here lives where it lies, and when it may grow. Never here: a key, or a decision to sign.
"""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ballot.ledger import IssuingPaused, StoredLedger
from ballot.models.issuer import LogEntry, Served


class OwnLedger(StoredLedger):
    """The ledger of this issuer in one round."""

    _table = LogEntry

    def __init__(self, engine: Engine, *, uuid: str, issuer: str, manifest: str, salt: bytes) -> None:
        super().__init__(engine, issuer=issuer, manifest=manifest)
        self._place, self.salt = {"uuid": uuid}, salt

    def _check_going_on(self, session: Session) -> None:
        row = session.get(Served, self._place["uuid"])
        if row is None or row.paused:
            raise IssuingPaused(self.issuer)
