"""A sealed batch laid anew inside a large box: its rows are taken out and put back, both in an order drawn by chance.

Here lives what stands in for writing the whole file anew, where that would keep voters waiting. Never here: a choice of
which ballots make a batch (checkpoints.py).

Which ten make a batch is public, and so is the order of batches; what the file must not tell is the order within one.
Whoever reads it afterwards sees where the rows lie now. That depends on the two orders drawn here and on the places
that all ten had together, not on which of them had which. What the rows left where they lay is swept out, and at the
close everything is written anew all the same. A server's log tells more, whatever lies in tables, until it is cut off.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import FromClause, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from ballot.box.seen import hashes_of
from ballot.models.box import Ballot, KnownCiphertext
from ballot.models.copy import BALLOT, Kept
from ballot.storage import size_of

LARGE = 8 * 1024 * 1024
"""Bytes that are written anew as fast as a batch is laid anew, in 0.1 s: two hundred ballots about twenty officials."""


def is_large(session: Session) -> bool:
    """Say whether writing the whole database anew would keep voters waiting."""
    return size_of(session.connection()) > LARGE


def lay_anew(session: Session, uuid: str, hashes: Sequence[bytes]) -> None:
    """Take the ballots of a batch and the hashes of their ciphertexts out and put them back. Source: threats B2, K3."""
    raws = session.scalars(select(Ballot.raw).where(Ballot.uuid == uuid, Ballot.hash.in_(hashes))).all()
    _shuffle(session, Ballot.__table__, {"uuid": uuid}, "hash", hashes)
    seen = [one for raw in raws for one in hashes_of(raw)]
    _shuffle(session, KnownCiphertext.__table__, {"uuid": uuid}, "digest", seen)


def lay_copy_anew(session: Session, uuid: str, hashes: Sequence[bytes]) -> None:
    """Do the same in the second copy. Source: threats B2, K3."""
    _shuffle(session, Kept.__table__, {"uuid": uuid, "kind": BALLOT}, "digest", hashes)


def _shuffle(session: Session, table: FromClause, place: dict[str, str], key: str, values: Sequence[bytes]) -> None:
    """Delete these rows one after the other and insert them one after the other, each time in a new order."""
    connection, here = session.connection(), [table.c[name] == value for name, value in place.items()]
    rows = [dict(row) for row in session.execute(select(table).where(*here, table.c[key].in_(values))).mappings()]
    one = delete(table).where(*here, table.c[key] == bindparam("one"))  # type: ignore[arg-type]
    connection.execute(one, [{"one": row[key]} for row in _drawn(rows)])
    connection.execute(insert(table), _drawn(rows))  # type: ignore[arg-type]
    session.expire_all()


def _drawn(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    left = list(rows)
    return [left.pop(secrets.randbelow(len(left))) for _ in rows]
