"""The audit log of an issuer that is a process of its own: what was done to a round, and by whom, chained by hashes.

Here lives its writing and its checking. Never here: a time, a voter, or an answer; answers stand in the ledger.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.models.issuer import IssuerAct
from tally.protocol.acts_log import AuditBroken, entry_hash

START = "0" * 64


def note(session: Session, *, actor: str, act: str, subject: str) -> None:
    """Append an entry; the caller's transaction makes act and entry one."""
    last = session.scalar(select(IssuerAct).order_by(IssuerAct.height.desc()).limit(1))
    height, previous = (last.height + 1, last.hash) if last else (1, START)
    said = {"actor": actor, "act": act, "subject": subject, "previous": previous}
    session.add(IssuerAct(height=height, hash=entry_hash(height, time="", **said), **said))


def check(session: Session) -> int:
    """Check the whole log and return its length. Raises AuditBroken naming the entry."""
    height, previous = 0, START
    for height, e in enumerate(session.scalars(select(IssuerAct).order_by(IssuerAct.height)), start=1):
        hashed = entry_hash(e.height, actor=e.actor, act=e.act, subject=e.subject, previous=e.previous, time="")
        if (e.height, e.previous, e.hash) != (height, previous, hashed):
            raise AuditBroken(f"entry {height}")
        previous = e.hash
    return height
