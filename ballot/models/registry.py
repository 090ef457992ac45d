"""The registry's tables: accounts, rounds, officials, the roll, who was given a slip, the issuers' logs, the audit log.

Here lives what organisers work with. Never here: a credential, a ballot, a tracker, or a time of arrival.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ballot.models.box import PHASES
from ballot.models.columns import UNORDERED, ActColumns, IssuingColumns

ROLES = ("administrator", "organiser", "desk", "issuer", "observer", "reader")
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


class Organisation(RegistryBase):
    """A committee, council or agency that holds rounds in this installation, and sees nothing of any other.

    `uuid` begins its audit log.
    """

    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(400), unique=True)


class Account(RegistryBase):
    """Somebody of one organisation who may log in; `sessions` counts log-outs, which end every session.

    `password` is an Argon2id hash, and `temporary` says that it was made for them and must be changed. `authority`
    names the managing authority whose results a reader may see, else it is empty. `totp` is the sealed secret of a
    second factor, `totp_pending` one that no code has confirmed yet, and `totp_step` the last time step that was used
    up. `subject` is who this is at the identity provider, where one is used. `language` is empty until one was chosen.
    """

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="account_organisation"))
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password: Mapped[str] = mapped_column(String(200))
    temporary: Mapped[bool]
    sessions: Mapped[int]
    active: Mapped[bool]
    authority: Mapped[str] = mapped_column(String(400))
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_pending: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int]
    subject: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(10))
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLE_LIST})", name="account_role_known"),
        UniqueConstraint("subject", name="account_subject_once"),
    )


class RecoveryCode(RegistryBase):
    """A one-time code in place of a second factor that was lost, by its hash; a used one is deleted."""

    __tablename__ = "recovery_code"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", name="recovery_code_account"), primary_key=True)
    code: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class Round(RegistryBase):
    """A round. `manifest` is empty until it is sealed; `frozen` says that the list of credentials is final.

    `own_device` is the policy switch of votes from one's own device; `fleet_key` opens the attendants' board,
    `projector_key` the big screen, `reading_key` the dossiers; `revealed` counts the blocks that the big screen shows.
    `accepted_by` is who acknowledged the warnings of a small electorate. `plan` is the approved plan (canonical JSON).
    """

    __tablename__ = "round"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="round_organisation"))
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
    disclosure: Mapped[str] = mapped_column(String(20))
    secrecy: Mapped[str] = mapped_column(String(40))
    accepted_by: Mapped[str] = mapped_column(String(200))
    projector_key: Mapped[str] = mapped_column(String(40))
    reading_key: Mapped[str] = mapped_column(String(40))
    revealed: Mapped[int]
    plan: Mapped[bytes | None] = mapped_column(LargeBinary)
    __table_args__ = (CheckConstraint(f"phase IN ({PHASES})", name="round_phase_known"),)


class Official(RegistryBase):
    """A person to be rated, in ballot order, on one form (loại phiếu); `person_id` where the catalogue knows them."""

    __tablename__ = "official"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="official_round"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    block: Mapped[str] = mapped_column(String(400))
    name: Mapped[str] = mapped_column(String(400))
    position: Mapped[str] = mapped_column(String(400))
    form: Mapped[str] = mapped_column(String(400))
    authority: Mapped[str] = mapped_column(String(400))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", name="official_person"))


class Exempt(RegistryBase):
    """A person who holds a rated post and is not rated in this round, with the reason and its source."""

    __tablename__ = "exempt"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="exempt_round"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(400))
    position: Mapped[str] = mapped_column(String(400))
    reason: Mapped[str] = mapped_column(String(400))
    citation: Mapped[str] = mapped_column(String(400))


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
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", name="voter_person"))
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
    expires: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"))
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


class SiteState(RegistryBase):
    """What was said of a site (điểm cầu) about its ballots: all in, or given up by two persons; none: it is waited for.

    `first` and `second` are logins; `why` is the reason of giving up.
    """

    __tablename__ = "site_state"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="site_state_round"), primary_key=True)
    site: Mapped[str] = mapped_column(String(200), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    first: Mapped[str] = mapped_column(String(60))
    second: Mapped[str] = mapped_column(String(60))
    why: Mapped[str] = mapped_column(String(400))
    __table_args__ = (CheckConstraint("state IN ('all_in', 'giving_up', 'given_up')", name="site_state_known"),)


class SiteEnvelopes(RegistryBase):
    """How many finished envelopes were carried to a site (điểm cầu), and how many came back unopened."""

    __tablename__ = "site_envelopes"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="site_envelopes_round"), primary_key=True)
    site: Mapped[str] = mapped_column(String(200), primary_key=True)
    sent: Mapped[int]
    back: Mapped[int]


class Opinion(RegistryBase):
    """What an observer (Mặt trận Tổ quốc) sent about a round; append-only."""

    __tablename__ = "opinion"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="opinion_round"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", name="opinion_account"))
    day: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(8000))


class Dossier(RegistryBase):
    """One paper of an official's dossier, for the voters to read: self-report, asset declaration, explanation."""

    __tablename__ = "dossier"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="dossier_round"))
    official: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        CheckConstraint("kind IN ('self_report', 'declaration', 'explanation')", name="dossier_kind_known"),
    )


class DossierPage(RegistryBase):
    """A page of a dossier's paper as a picture that this application drew itself."""

    __tablename__ = "dossier_page"
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id", name="dossier_page_dossier"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    image: Mapped[bytes] = mapped_column(LargeBinary)


class AuditEntry(ActColumns, RegistryBase):
    """One act in the hash-chained audit log of one organisation; triggers refuse to change or delete one.

    `time` is a UTC minute where log/acts_logged.py allows one, else empty. There are no row numbers: they would put one
    organisation's entries with a time between another's check-ins, and time those (threats K5).
    """

    __tablename__ = "audit_entry"
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", name="audit_entry_organisation"), primary_key=True
    )
    time: Mapped[str] = mapped_column(String(20), sort_order=1)  # after the columns of every log
    __table_args__ = (UNORDERED,)


class AuditHead(RegistryBase):
    """A signed head of an audit log: the key of this round signed the entry of this height. Append-only as entries."""

    __tablename__ = "audit_head"
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", name="audit_head_organisation"), primary_key=True
    )
    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="audit_head_round"), primary_key=True)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (UNORDERED,)
