"""A sealed batch laid anew inside a large box: its rows are taken out and put back, both in an order drawn by chance.

Here lives what stands in for writing the whole file anew, where that would keep voters waiting. Never here: a choice of
which ballots make a batch (checkpoints.py).

Which ten make a batch is public, and so is the order of batches; what the file must not tell is the order within one.
Whoever reads it afterwards sees where the rows lie now. That depends on the two orders drawn here and on the places
that all ten had together, not on which of them had which. At the close the whole file is written anew all the same.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select, text
from sqlalchemy.orm import Session

from ballot.models.box import Ballot as BallotRow
from ballot.models.box import BoxBase, KnownCiphertext
from ballot.storage import is_postgres
from tally.protocol.ballot import Ballot

LARGE = 64 * 1024 * 1024
"""Bytes of a file that is written anew in a moment: the ballots of two full halls, and no more."""


def is_large(session: Session) -> bool:
    """Say whether writing the whole box anew would keep voters waiting; on a server tables are always filled anew."""
    if is_postgres(session.connection()):
        return False
    size = "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)"
    return int(session.scalar(text(size)) or 0) > LARGE


def lay_anew(session: Session, uuid: str, hashes: Sequence[bytes]) -> None:
    """Take the ballots of a batch and the hashes of their ciphertexts out and put them back. Source: threats B2, K3."""
    raws = session.scalars(select(BallotRow.raw).where(BallotRow.uuid == uuid, BallotRow.hash.in_(hashes))).all()
    digests = [hashlib.sha256(c.alpha.raw).digest() for raw in raws for c in Ballot.parse(raw).ciphertexts()]
    _shuffle(session, BallotRow, uuid, "hash", hashes)
    _shuffle(session, KnownCiphertext, uuid, "digest", digests)


def _shuffle(session: Session, model: type[BoxBase], uuid: str, key: str, values: Sequence[bytes]) -> None:
    """Delete these rows one after the other and insert them one after the other, each time in a new order."""
    table, connection = model.__table__, session.connection()
    chosen = select(table).where(table.c.uuid == uuid, table.c[key].in_(values))
    rows = [dict(row) for row in session.execute(chosen).mappings()]
    one = delete(table).where(table.c.uuid == uuid, table.c[key] == bindparam("one"))  # type: ignore[arg-type]
    connection.execute(one, [{"one": row[key]} for row in _drawn(rows)])
    connection.execute(insert(table), _drawn(rows))  # type: ignore[arg-type]
    session.expire_all()


def _drawn(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    left = list(rows)
    return [left.pop(secrets.randbelow(len(left))) for _ in rows]
