"""Đối chiếu: two people type what they counted on paper without seeing each other's numbers, and the record answers.

Here live the typing and what each may see of it. Never here: an equation (tally/comparison.py), or anybody's numbers
shown to somebody else before the two agree; the log does not tell them either.

Where two numbers differ the page names the field and not whose is right; then both type again, from nothing, so that
nobody comes nearer to the other's number by trying. SPEC 5.19; threats 5.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_phase, find_round
from ballot.committee.attempts import changed
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.accounts import Account
from ballot.models.registry.committee import Ceremony
from ballot.models.registry.results import PaperCount
from ballot.models.registry.rounds import Round
from ballot.phases import CLOSED
from ballot.result import signatures
from ballot.storage import writing
from ballot.written_record import written_root
from tally.comparison import RecordCounts
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.archive import Archive
from tally.protocol.credential_list import CredentialList, Issuance
from tally.protocol.errors import Incomplete, WrongShape
from tally.protocol.minutes import MOST_PEOPLE, PaperCounts
from tally.protocol.phase import Phase
from tally.record import CLOSING, CREDENTIALS, ISSUANCE

FROM = (Phase.CLOSED, Phase.TALLIED)
"""When numbers may be typed: from the close on, until the result is certified."""
FIELDS = {
    "signatures": _("Chữ ký nhận thẻ"),
    "envelopes_left": _("Phong bì không dùng"),
    "slips_counted": _("Có đếm thẻ đã dùng hay không"),
    "slips_in_box": _("Thẻ đã dùng trong thùng thẻ"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What one person counted: A, U and, where it was counted, C′ of SPEC 5.19."""

    signatures: int
    envelopes_left: int
    slips_counted: bool
    slips_in_box: int

    def check(self) -> None:
        """Refuse numbers that minutes cannot hold. Raises WrongShape."""
        for name in ("signatures", "envelopes_left", "slips_in_box"):
            if not 0 <= getattr(self, name) <= MOST_PEOPLE:
                raise WrongShape(name, expected=f"0…{MOST_PEOPLE}")


@dataclass(frozen=True, slots=True)
class Standing:
    """What one account may see: its own numbers, who else has typed, which fields differ, and what two agree on."""

    mine: Typed | None
    others: tuple[str, ...]
    differing: tuple[str, ...]
    agreed: PaperCounts | None


def type_counts(house: House, uuid: str, typed: Typed, actor: Actor) -> None:
    """Keep what this account counted; a pair that is complete is dropped first, so that both type again.

    Raises WrongPhase, Incomplete, WrongShape, AlreadySigned.
    """
    typed.check()
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_time(house, row)
        signatures.check_unsigned(house, uuid)
        kept = _rows(session, row)
        if len(kept) > 1 or (kept and kept[0].account_id == actor.account_id):
            for old in kept:
                session.delete(old)
            session.flush()
        session.add(PaperCount(round_id=row.id, account_id=actor.account_id, **_columns(typed)))
        tell_members(session, row)
        audit.record(session, row.organisation_id, actor=actor.login, act="type-paper", subject=uuid)


def tell_members(session: Session, row: Round) -> None:
    """Let the members' pages see that something of the comparison changed, where members have pages."""
    if found := session.get(Ceremony, row.id):
        changed(found)


def check_time(house: House, row: Round) -> None:
    """Refuse before the box is closed and its record written. Raises WrongPhase, Incomplete."""
    check_phase(row, *FROM)
    check_written(house, row)


def check_written(house: House, row: Round) -> None:
    """Refuse while there is no record that was written to its end. Raises WrongPhase, Incomplete."""
    check_phase(row, *CLOSED)
    if not written_root(house, row.uuid):
        raise Incomplete("record", missing=CLOSING)


def standing(session: Session, row: Round, account_id: int) -> Standing:
    """Return what this account may see of the numbers from paper."""
    kept = _rows(session, row)
    mine = next((_typed(one) for one in kept if one.account_id == account_id), None)
    others = tuple(_name(session, one) for one in kept if one.account_id != account_id)
    differing = tuple(translate(FIELDS[name]) for name in FIELDS if len({getattr(one, name) for one in kept}) > 1)
    return Standing(mine, others, differing, agreed(session, row))


def agreed(session: Session, row: Round) -> PaperCounts | None:
    """Return the numbers that two people typed alike, with their names, as minutes.json has them; else nothing."""
    kept = _rows(session, row)
    if len(kept) != 2 or _typed(kept[0]) != _typed(kept[1]):
        return None
    first, second = (_name(session, one) for one in kept)
    if first == second:
        first, second = (f"{name} ({session.get_one(Account, k.account_id).login})" for name, k in zip(
            (first, second), kept, strict=True))  # fmt: skip
    one = kept[0]
    return PaperCounts(one.signatures, one.envelopes_left, one.slips_counted, one.slips_in_box, (first, second))


def record_counts(house: House, uuid: str) -> RecordCounts:
    """Return what the written record says of slips and ballots."""
    return _of_record(house.record(uuid), uuid)


@lru_cache(maxsize=32)
def _of_record(folder: Path, uuid: str) -> RecordCounts:
    """Read a closed record once: none of these numbers changes any more. SPEC 5.19."""
    issuance = Issuance.parse((folder / ISSUANCE).read_bytes())
    credentials = CredentialList.parse((folder / CREDENTIALS).read_bytes())
    archive = Archive.parse((folder / f"{uuid}.bel").read_bytes())
    return RecordCounts.of(issuance, credentials, len(archive.ballots))


def _rows(session: Session, row: Round) -> list[PaperCount]:
    found = select(PaperCount).where(PaperCount.round_id == row.id).order_by(PaperCount.account_id)
    return list(session.scalars(found))


def _typed(one: PaperCount) -> Typed:
    return Typed(**{name: getattr(one, name) for name in FIELDS})


def _columns(typed: Typed) -> dict[str, int | bool]:
    return {name: getattr(typed, name) for name in FIELDS}


def _name(session: Session, one: PaperCount) -> str:
    return session.get_one(Account, one.account_id).name
