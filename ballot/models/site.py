"""A site's own tables: its rounds, the ballots it holds and what became of each; keyed by hashes, without an order.

Here lives what a site with a server of its own may store. Never here: an integer key, a time, an address, a name, or
anything of the registry's.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ballot.models.columns import UNORDERED, one_of

WAITING, TAKING, STOPPED = STATES = ("waiting", "taking", "stopped")
HELD, FINAL, REFUSED = FATES = ("held", "final", "refused")


class SiteBase(DeclarativeBase):
    """Base of a site's tables."""


class SiteRound(SiteBase):
    """A round that this site was linked with: what is public of it, where its box is, and this site's public key.

    `state` goes from waiting over taking to stopped, never back; `status_lock` is the hash of the key to the
    attendant's page, or empty before one was drawn.
    """

    __tablename__ = "site_round"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    box_url: Mapped[str] = mapped_column(String(300))
    site_key: Mapped[str] = mapped_column(String(64))
    status_lock: Mapped[bytes] = mapped_column(LargeBinary(32))
    manifest: Mapped[bytes] = mapped_column(LargeBinary)
    committee: Mapped[bytes] = mapped_column(LargeBinary)
    election: Mapped[bytes] = mapped_column(LargeBinary)
    credentials: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (one_of("state", STATES, name="site_round_state_known"), UNORDERED)


class HeldBallot(SiteBase):
    """A ballot that this site took: held, then final with the signature of the box's receipt, or refused and why."""

    __tablename__ = "held_ballot"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary(32))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(8))
    receipt: Mapped[bytes] = mapped_column(LargeBinary(64))
    refusal: Mapped[str] = mapped_column(String(60))
    __table_args__ = (
        one_of("state", FATES, name="held_ballot_state_known"),
        CheckConstraint("(state = 'final') = (length(receipt) = 64)", name="held_ballot_final_has_receipt"),
        CheckConstraint("(state = 'refused') = (refusal <> '')", name="held_ballot_refused_has_code"),
        UniqueConstraint("uuid", "credential", name="held_ballot_one_per_credential"),
        UNORDERED,
    )


class HeldTest(SiteBase):
    """A ballot that was opened to test a terminal of this site: an entry of spoiled.json, on its way to the box."""

    __tablename__ = "held_test"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    commit_code: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    opened: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(8))
    refusal: Mapped[str] = mapped_column(String(60))
    __table_args__ = (one_of("state", FATES, name="held_test_state_known"), UNORDERED)


class SeenCiphertext(SiteBase):
    """Hashes of the alphas of all ciphertexts that were cast or opened at this site: none may come again."""

    __tablename__ = "seen_ciphertext"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    __table_args__ = (UNORDERED,)
