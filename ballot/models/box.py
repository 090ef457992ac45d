"""The ballot box's tables: keyed by hashes, without row numbers, without times, without a name.

Here lives what the box may store. Never here: an integer key, a date, an address, or anything the registry also holds
except the round's public files.
"""

from __future__ import annotations

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ballot.models.columns import UNORDERED, one_of
from tally.protocol.phase import Phase


class BoxBase(DeclarativeBase):
    """Base of the box's tables."""


class Election(BoxBase):
    """A round as the box knows it: its public files, its phase, and the hashes of two keys.

    One opens the board of terminals; the other lets stations leave sealed credentials and voids before the freeze.
    """

    __tablename__ = "election"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    phase: Mapped[str] = mapped_column(String(12))
    manifest: Mapped[bytes] = mapped_column(LargeBinary)
    credentials: Mapped[bytes | None] = mapped_column(LargeBinary)
    committee: Mapped[bytes | None] = mapped_column(LargeBinary)
    election: Mapped[bytes | None] = mapped_column(LargeBinary)
    opening: Mapped[bytes | None] = mapped_column(LargeBinary)
    freeze_key: Mapped[str] = mapped_column(String(64))
    fleet_lock: Mapped[bytes] = mapped_column(LargeBinary(32))
    staging_lock: Mapped[bytes] = mapped_column(LargeBinary(32))
    __table_args__ = (one_of("phase", Phase, name="election_phase_known"), UNORDERED)


class StagedCredential(BoxBase):
    """A signed credential, sealed to the registry's freeze key; the box cannot read it."""

    __tablename__ = "staged_credential"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (UNORDERED,)


class Ballot(BoxBase):
    """An accepted ballot."""

    __tablename__ = "ballot"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary(32))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (UniqueConstraint("uuid", "credential", name="ballot_one_per_credential"), UNORDERED)


class Staged(BoxBase):
    """The hashes of ballots that no checkpoint covers yet."""

    __tablename__ = "staged"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    __table_args__ = (UNORDERED,)


class KnownCiphertext(BoxBase):
    """Hashes of the alphas of all ciphertexts that were cast or opened in a test: none may come again."""

    __tablename__ = "known_ciphertext"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    __table_args__ = (UNORDERED,)


class Voided(BoxBase):
    """A credential that may not vote any more, with the proof of whoever held its slip. SPEC 4.7."""

    __tablename__ = "voided"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    cause: Mapped[str] = mapped_column(String(20))
    proof: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (UNORDERED,)


class Spoiled(BoxBase):
    """A ballot opened to test a terminal: an entry of spoiled.json, canonical."""

    __tablename__ = "spoiled"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    commit_code: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    opened: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (UNORDERED,)


class Checkpoint(BoxBase):
    """A signed note over the chain of batches; `head` is the chain's hash, `previous` the one before."""

    __tablename__ = "checkpoint"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    head: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    note: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (UniqueConstraint("uuid", "previous", name="checkpoint_one_chain"), UNORDERED)


class Witness(BoxBase):
    """Somebody who watches the box from outside, and the key under which what they sign is checked. SPEC 4.21."""

    __tablename__ = "witness"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    witness: Mapped[str] = mapped_column(String(40), primary_key=True)
    verify_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    __table_args__ = (UNORDERED,)


class Cosigned(BoxBase):
    """A witness's signature under a note of the box, the note named by the SHA-256 of what the box signed."""

    __tablename__ = "cosigned"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    witness: Mapped[str] = mapped_column(String(40), primary_key=True)
    note: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    cosignature: Mapped[bytes] = mapped_column(LargeBinary(68))
    __table_args__ = (UNORDERED,)


class Restored(BoxBase):
    """A round whose box came out of a backup: it takes no ballot until what is missing is known to be there again."""

    __tablename__ = "restored"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    __table_args__ = (UNORDERED,)


class RecordFile(BoxBase):
    """A file of a written record, for the board of a box that shares no disk with the registry."""

    __tablename__ = "record_file"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    file: Mapped[str] = mapped_column(String(200), primary_key=True)
    written: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (UNORDERED,)
