"""The registry's tables: accounts, rounds, officials, the roll, who was given a slip, the issuers' logs, the audit log.

Here lives what organisers work with. Never here: a credential, a ballot, a tracker, or a time of arrival.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ballot.models.box import PHASES

ROLES = ("organiser", "desk")
ROLE_LIST = ", ".join(f"'{role}'" for role in ROLES)


class RegistryBase(DeclarativeBase):
    """Base of the registry's tables."""


class Account(RegistryBase):
    """Somebody who may log in; Argon2id hash of the password; `sessions` counts log-outs, which end every session."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password: Mapped[str] = mapped_column(String(200))
    sessions: Mapped[int]
    __table_args__ = (CheckConstraint(f"role IN ({ROLE_LIST})", name="account_role_known"),)


class Round(RegistryBase):
    """A round. `manifest` is empty until it is sealed; `frozen` says that the list of credentials is final."""

    __tablename__ = "round"
    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(40), unique=True)
    phase: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(400))
    body: Mapped[str] = mapped_column(String(400))
    session: Mapped[str] = mapped_column(String(400))
    date: Mapped[str] = mapped_column(String(10))
    rule_set: Mapped[str] = mapped_column(String(60))
    rehearsal: Mapped[bool]
    delegates: Mapped[int]
    committee_size: Mapped[int]
    threshold: Mapped[int]
    minimum_ballots: Mapped[int]
    roll_salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    manifest: Mapped[bytes | None] = mapped_column(LargeBinary)
    frozen: Mapped[bool]
    __table_args__ = (CheckConstraint(f"phase IN ({PHASES})", name="round_phase_known"),)


class Official(RegistryBase):
    """A person to be rated, in ballot order."""

    __tablename__ = "official"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="official_round"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    block: Mapped[str] = mapped_column(String(400))
    name: Mapped[str] = mapped_column(String(400))
    position: Mapped[str] = mapped_column(String(400))


class Voter(RegistryBase):
    """A person on the roll; `present` once checked in at a desk."""

    __tablename__ = "voter"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="voter_round"))
    reference: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(200))
    present: Mapped[bool]
    desk: Mapped[str] = mapped_column(String(60))
    __table_args__ = (UniqueConstraint("round_id", "reference", name="voter_reference_once"),)


class Authorisation(RegistryBase):
    """A desk's one-time permission for a station to ask for one voter's slip; kept as a hash, bound on first use."""

    __tablename__ = "authorisation"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="authorisation_round"))
    voter_id: Mapped[int] = mapped_column(ForeignKey("voter.id", name="authorisation_voter"), unique=True)
    request: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class IssuerLedger(RegistryBase):
    """One issuer of one round: the salt of its voters' hashes, and nothing of its key."""

    __tablename__ = "issuer_ledger"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="issuer_ledger_round"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(40), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))


class IssuerEntry(RegistryBase):
    """One entry of an issuer's log; `voter_once` and `blinded_once` repeat what must be unique."""

    __tablename__ = "issuer_entry"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="issuer_entry_round"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(40), primary_key=True)
    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12))
    voter: Mapped[str] = mapped_column(String(64))
    blinded: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(40))
    head: Mapped[str] = mapped_column(String(64))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    voter_once: Mapped[str | None] = mapped_column(String(64))
    blinded_once: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (
        UniqueConstraint("round_id", "issuer", "voter_once", name="issuer_entry_one_slip"),
        UniqueConstraint("round_id", "issuer", "blinded_once", name="issuer_entry_one_answer"),
    )


class Proposal(RegistryBase):
    """An act that one person has asked for and a second person must confirm."""

    __tablename__ = "proposal"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="proposal_round"), primary_key=True)
    act: Mapped[str] = mapped_column(String(20), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", name="proposal_account"))


class AuditEntry(RegistryBase):
    """One act in the hash-chained audit log."""

    __tablename__ = "audit_entry"
    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    actor: Mapped[str] = mapped_column(String(60))
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(400))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
