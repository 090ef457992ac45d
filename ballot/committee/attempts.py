"""An attempt at making a committee's key: what lies on the table of it, how it ends, and how the next one begins.

Here live the rows and what every act on them shares. Never here: a check of a message, a person, or a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.box_round import round_of
from ballot.house import House
from ballot.models.registry.committee import Ceremony, CeremonyMessage
from ballot.models.registry.rounds import Round
from ballot.storage import reading
from keys.signers import NotYourTurn
from tally.i18n import marked as _
from tally.protocol.committee import Committee
from tally.protocol.encoding import decode
from tally.protocol.errors import Incomplete, Refused
from tally.protocol.manifest import Manifest
from tally.protocol.opening import Opening
from tally.protocol.opening_call import parse_call
from tally.protocol.phase import Phase

T = TypeVar("T")
CERTIFICATE, COMMITMENT, REVEAL, KEY = "certificate", "commitment", "reveal", "key"
NONCE, OPENING, RETEST, DESTRUCTION = "nonce", "opening", "retest", "destruction"
KINDS = (CERTIFICATE, COMMITMENT, REVEAL, KEY, NONCE, OPENING, RETEST, DESTRUCTION)
COMMITTEE = "committee.json"
MESSAGE_LIMIT = 64 * 1024
"""Of one message: nine sealed shares are eleven kilobytes, and every page is handed all of them."""


class AttemptOver(Refused):
    """The attempt was ended, or another one has begun."""

    code = "ATTEMPT_OVER"
    text = _("Buổi tạo khóa này đã dừng hoặc đã được làm lại; trang của quý vị sẽ tự bắt đầu lại.")


class MessageExists(Refused):
    """This member has sent something else of this kind; nothing is ever replaced."""

    code = "MESSAGE_EXISTS"
    text = _("Thành viên này đã gửi một thông điệp khác cùng loại; không có gì bị thay.")


def current(session: Session, row: Round) -> Ceremony:
    """Return the ceremony of a round. Raises Incomplete before its members are named."""
    found = session.get(Ceremony, row.id)
    if found is None:
        raise Incomplete("committee", missing=_("danh sách ban kiểm phiếu"))
    return found


def changed(found: Ceremony) -> None:
    """Note that pages have something new to see."""
    found.revision += 1


def restart(session: Session, found: Ceremony) -> None:
    """Begin a new attempt: seats and devices stay, every message goes."""
    session.execute(delete(CeremonyMessage).where(CeremonyMessage.round_id == found.round_id))
    found.attempt += 1
    found.ended, found.called, found.committee = "", None, None
    changed(found)


def check_alive(found: Ceremony) -> None:
    """Refuse what belongs to a ceremony that was ended. Raises AttemptOver."""
    if found.ended:
        raise AttemptOver("attempt")


@dataclass(frozen=True)
class Table:
    """What lies on the table: the messages of the attempt by kind and member, the committee and who is called."""

    manifest: Manifest
    bodies: Mapping[str, Mapping[int, bytes]]
    committee_raw: bytes | None
    called: Mapping[int, str]

    @property
    def size(self) -> int:
        """How many members the committee has."""
        return self.manifest.committee_size

    @cached_property
    def committee(self) -> Committee:
        """The finished committee. Raises NotYourTurn before there is one."""
        if self.committee_raw is None:
            raise NotYourTurn(NONCE, missing=COMMITTEE)
        return Committee.parse(self.committee_raw)

    def values(self, kind: str) -> dict[int, Any]:
        """Return the messages of a kind as they were sent."""
        return {n: decode(raw, f"member {n}", limit=MESSAGE_LIMIT) for n, raw in sorted(self.bodies[kind].items())}

    def read(self, kind: str, parse: Callable[[Any, str], T]) -> dict[int, T]:
        """Return the messages of a kind that are there, by member."""
        return {n: parse(value, f"member {n}") for n, value in self.values(kind).items()}

    def all(self, kind: str, parse: Callable[[Any, str], T]) -> tuple[T, ...]:
        """Return the messages of a kind of all members, in order. Raises NotYourTurn naming who is awaited."""
        missing = [n for n in range(1, self.size + 1) if n not in self.bodies[kind]]
        if missing:
            raise NotYourTurn(kind, missing=", ".join(f"member-{n}.{kind}.json" for n in missing))
        return tuple(self.read(kind, parse).values())

    def complete(self, kind: str) -> bool:
        """Say whether every member has sent a message of this kind."""
        return len(self.bodies[kind]) == self.size


def table(house: House, session: Session, row: Round, found: Ceremony) -> Table:
    """Return what lies on the table; once a committee was admitted, it and its opening test are the box's."""
    bodies: dict[str, dict[int, bytes]] = {kind: {} for kind in KINDS}
    of_attempt = (CeremonyMessage.round_id == row.id, CeremonyMessage.attempt == found.attempt)
    for message in session.scalars(select(CeremonyMessage).where(*of_attempt)):
        bodies[message.kind][message.number] = message.body
    committee, called = found.committee, parse_call(found.called) if found.called else {}
    if row.phase not in (Phase.DRAFT, Phase.ISSUING, Phase.VOID):
        with reading(house.box) as box:
            admitted = round_of(box, row.uuid)
        committee, opening = admitted.committee, Opening.parse(admitted.opening or b"")
        called = {passed.owner: passed.nonce for passed in opening.passed}
    return Table(Manifest.parse(row.manifest or b""), bodies, committee, called)
