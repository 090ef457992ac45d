"""The registry's tables: accounts, rounds, officials, the roll, who was given a slip, the issuers' logs, the audit log.

Here lives what organisers work with. Never here: a credential, a ballot, a tracker, or a time of arrival.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ballot.models.box import PHASES
from ballot.models.columns import ActColumns, IssuingColumns

ROLES = ("organiser", "desk")
ROLE_LIST = ", ".join(f"'{role}'" for role in ROLES)


class OrderKind(StrEnum):
    """What a slip is for: a voter's first, one for a spoiled one, an envelope for nobody yet, a voter's own device."""

    FIRST = "first"
    REPLACEMENT = "replacement"
    ENVELOPE = "envelope"
    OWN_DEVICE = "own_device"


class OrderState(StrEnum):
    """How far an order is: waiting, taken by a station, signed by the issuers, delivered to the box, printed."""

    WAITING = "waiting"
    TAKEN = "taken"
    SIGNED = "signed"
    DELIVERED = "delivered"
    PRINTED = "printed"


ORDER_KINDS = ", ".join(f"'{kind}'" for kind in OrderKind)
ORDER_STATES = ", ".join(f"'{state}'" for state in OrderState)


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
    """A round. `manifest` is empty until it is sealed; `frozen` says that the list of credentials is final.

    `own_device` is the policy switch of votes from one's own device; `fleet_key` opens the attendants' board.
    """

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
    own_device: Mapped[bool]
    fleet_key: Mapped[str] = mapped_column(String(40))
    staging_key: Mapped[str] = mapped_column(String(64))
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
    """A person on the roll; `present` once checked in at a desk; `site` is the place (điểm) where they attend."""

    __tablename__ = "voter"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="voter_round"))
    reference: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(200))
    site: Mapped[str] = mapped_column(String(200))
    present: Mapped[bool]
    desk: Mapped[str] = mapped_column(String(60))
    __table_args__ = (UniqueConstraint("round_id", "reference", name="voter_reference_once"),)


class Portrait(RegistryBase):
    """A voter's photo for the desk: a small JPEG that this application encoded itself."""

    __tablename__ = "portrait"
    voter_id: Mapped[int] = mapped_column(ForeignKey("voter.id", name="portrait_voter"), primary_key=True)
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)


class Attested(RegistryBase):
    """A voter's signature on the desk's tablet, as strokes (canonical JSON); without one the printed sheet holds it."""

    __tablename__ = "attested"
    voter_id: Mapped[int] = mapped_column(ForeignKey("voter.id", name="attested_voter"), primary_key=True)
    strokes: Mapped[bytes] = mapped_column(LargeBinary)


class VoterLogin(RegistryBase):
    """The one-time password with which a voter issues to a device of their own; only where the policy allows it."""

    __tablename__ = "voter_login"
    voter_id: Mapped[int] = mapped_column(ForeignKey("voter.id", name="voter_login_voter"), primary_key=True)
    password: Mapped[str] = mapped_column(String(200))


class Station(RegistryBase):
    """A station of a round, known by the hash of the token it got when it was paired; it is never told a name."""

    __tablename__ = "station"
    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="station_round"))
    token: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)


class Pairing(RegistryBase):
    """Which station makes the slips for a desk; `code` is the hash of a pairing code that still waits to be typed.

    `expires` is when that code ends, in seconds since 1970; `tries` counts wrong codes, which end it sooner.
    """

    __tablename__ = "pairing"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="pairing_round"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", name="pairing_account"), primary_key=True)
    station_id: Mapped[bytes | None] = mapped_column(ForeignKey("station.id", name="pairing_station"))
    code: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    expires: Mapped[int]
    tries: Mapped[int]


class SlipOrder(RegistryBase):
    """An order for one slip: a desk's or an organiser's, which one station carries out, or a voter's for their device.

    `permission` is the hash of the one-time permission that the station or device was handed, `request` what it was
    bound to on first use; `wrapping` is the key of a station's stored state, until the slip is printed. `once` holds
    the voter of a first slip or of one on their own device, so that no voter has two. An own device has no account,
    station or wrapping key.
    """

    __tablename__ = "slip_order"
    id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="slip_order_round"))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    voter_id: Mapped[int | None] = mapped_column(ForeignKey("voter.id", name="slip_order_voter"))
    once: Mapped[int | None] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", name="slip_order_account"))
    station_id: Mapped[bytes | None] = mapped_column(ForeignKey("station.id", name="slip_order_station"))
    permission: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    request: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    wrapping: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    __table_args__ = (
        CheckConstraint(f"kind IN ({ORDER_KINDS})", name="slip_order_kind_known"),
        CheckConstraint(f"state IN ({ORDER_STATES})", name="slip_order_state_known"),
        CheckConstraint("(kind = 'envelope') = (voter_id IS NULL)", name="slip_order_envelope_is_nobodys"),
    )


class IssuerLedger(RegistryBase):
    """One issuer of one round: the salt of its voters' hashes, and nothing of its key."""

    __tablename__ = "issuer_ledger"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="issuer_ledger_round"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(40), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))


class IssuerEntry(IssuingColumns, RegistryBase):
    """One entry of the log of an issuer inside the registry's process."""

    __tablename__ = "issuer_entry"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="issuer_entry_round"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(40), primary_key=True)
    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    __table_args__ = (
        UniqueConstraint("round_id", "issuer", "voter_once", name="issuer_entry_one_slip"),
        UniqueConstraint("round_id", "issuer", "blinded_once", name="issuer_entry_one_answer"),
    )


class BoundMessage(RegistryBase):
    """A blinded message, by its hash, that an order was bound to: no issuer is asked to sign it for another order."""

    __tablename__ = "bound_message"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="bound_message_round"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(40), primary_key=True)
    blinded: Mapped[str] = mapped_column(String(64), primary_key=True)


class Seat(RegistryBase):
    """A member's place in the counting committee of a round, numbered from 1; two persons confirmed all of them.

    `invitation` is the hash of a link that was not used yet, `device` the hash of what the member's page came in with.
    """

    __tablename__ = "seat"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="seat_round"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(200))
    invitation: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    device: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)


class Ceremony(RegistryBase):
    """The making of a committee's key: which attempt this is, what ended it, who is called to the opening test.

    `revision` grows with every change that pages may see; `ended` is canonical JSON, or empty while the attempt lives;
    `called` is the list of nonces of the opening test; `committee` is committee.json once every message is in;
    `proposed` is the list of members that one person named and another must confirm.
    """

    __tablename__ = "ceremony"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="ceremony_round"), primary_key=True)
    attempt: Mapped[int]
    revision: Mapped[int]
    ended: Mapped[str] = mapped_column(String(400))
    called: Mapped[bytes | None] = mapped_column(LargeBinary)
    committee: Mapped[bytes | None] = mapped_column(LargeBinary)
    proposed: Mapped[bytes | None] = mapped_column(LargeBinary)


class CeremonyMessage(RegistryBase):
    """A public or sealed message of a member, as sent: one of each kind for each attempt."""

    __tablename__ = "ceremony_message"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="ceremony_message_round"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Override(RegistryBase):
    """A written exception to the conflict of interest: somebody with a rated official's name holds an office anyway.

    `office` is `member`, `organiser` or `desk`; `first` proposed it and `second` confirmed it, by login.
    """

    __tablename__ = "override"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="override_round"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    office: Mapped[str] = mapped_column(String(20), primary_key=True)
    reason: Mapped[str] = mapped_column(String(400))
    first: Mapped[str] = mapped_column(String(60))
    second: Mapped[str] = mapped_column(String(60))


class Proposal(RegistryBase):
    """An act that one person asked for and a second must confirm; `subject` says about what, where that is needed."""

    __tablename__ = "proposal"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="proposal_round"), primary_key=True)
    act: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(String(60), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", name="proposal_account"))


class AuditEntry(ActColumns, RegistryBase):
    """One act in the hash-chained audit log."""

    __tablename__ = "audit_entry"
