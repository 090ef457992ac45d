"""What the tables of several databases spell alike: columns of logs, a column of few words, a table without an order.

Here live these spellings. Never here: a table, or anything by which two databases could be joined.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

UNORDERED = {"sqlite_with_rowid": False}
"""A table without row numbers, which would tell in which order its rows came."""


def one_of(column: str, words: Iterable[str], *, name: str) -> CheckConstraint:
    """Return the constraint that a column holds one of these words, which have no quote in them."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


class IssuingColumns:
    """One entry of an issuer's log; `voter_once` and `blinded_once` repeat what must be unique."""

    kind: Mapped[str] = mapped_column(String(12))
    voter: Mapped[str] = mapped_column(String(64))
    blinded: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(40))
    head: Mapped[str] = mapped_column(String(64))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    voter_once: Mapped[str | None] = mapped_column(String(64))
    blinded_once: Mapped[str | None] = mapped_column(String(64))


class ActColumns:
    """One act in a hash-chained audit log."""

    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    actor: Mapped[str] = mapped_column(String(60))
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(400).with_variant(String(4000), "postgresql"))  # only a server cuts
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
