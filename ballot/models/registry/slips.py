"""Stations and the slips that were ordered of them: for whom, how far, and never which credential came of it.

Here lives an order and who carries it out. Never here: a slip's code, or what an issuer answered.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.columns import one_of
from ballot.models.registry.base import RegistryBase


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
        one_of("kind", OrderKind, name="slip_order_kind_known"),
        one_of("state", OrderState, name="slip_order_state_known"),
        CheckConstraint("(kind = 'envelope') = (voter_id IS NULL)", name="slip_order_envelope_is_nobodys"),
    )
