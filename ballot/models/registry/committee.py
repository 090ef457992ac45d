"""The counting committee of a round: its seats, the making of its key, exceptions to a conflict of interest.

Here lives what members sent, as they sent it. Never here: a secret of theirs.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.registry.base import RegistryBase


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
