"""The audit log: every act, who did it, chained by hashes in the same transaction as the act itself.

Here lives its writing and its checking. Never here: a choice, a credential, a voter's time of arrival. SPEC 5.14.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.models.issuer import IssuerAct
from ballot.models.registry import AuditEntry
from tally.i18n import marked as _
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.errors import Refused

_LABEL = b"phieu-tin-nhiem/v1/audit|"
START = "0" * 64
Log = type[AuditEntry] | type[IssuerAct]


class AuditBroken(Refused):
    """An entry was changed, or one is missing."""

    code = "AUDIT_BROKEN"
    text = _("Nhật ký thao tác bị sửa đổi hoặc thiếu mục.")


def record(session: Session, *, actor: str, act: str, subject: str, table: Log = AuditEntry) -> None:
    """Append an entry to the registry's log or an issuer's; the caller's transaction makes act and entry one."""
    last = session.scalar(select(table).order_by(table.height.desc()).limit(1))
    height, previous = (last.height + 1, last.hash) if last else (1, START)
    entry = table(height=height, actor=actor, act=act, subject=subject, previous=previous)
    entry.hash = _hash(entry)
    session.add(entry)


def check(session: Session, table: Log = AuditEntry) -> int:
    """Check the whole chain and return its length. Raises AuditBroken naming the entry."""
    previous = START
    height = 0
    for height, entry in enumerate(session.scalars(select(table).order_by(table.height)), start=1):
        if (entry.height, entry.previous, entry.hash) != (height, previous, _hash(entry)):
            raise AuditBroken(str(height))
        previous = entry.hash
    return height


def _hash(entry: AuditEntry | IssuerAct) -> str:
    fields = [entry.height, entry.actor, entry.act, entry.subject, entry.previous]
    return sha256_hex(_LABEL + canonical(fields))
