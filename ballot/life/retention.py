"""Lưu trữ: a round that has ended is archived, its machine's keys are destroyed, its people forgotten when it is time.

Here live these three acts and what stands of them. Never here: a period (tally/retention.py), or what is deleted
(forgetting.py). Each act is an entry of the log; what is destroyed is destroyed by two persons, once the hash of
an evidence pack is written down, so that what must stay can be verified afterwards. Threats 5.12; SPEC 5.17.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot import box_key
from ballot.acts import Actor, find_round, propose
from ballot.house import House
from ballot.life.forgetting import forget_people
from ballot.log import audit
from ballot.models.registry.acts import AuditEntry
from ballot.models.registry.aftercare import Retention
from ballot.models.registry.rounds import Round
from ballot.result import evidence
from ballot.storage import reading, rewrite, writing
from ballot.vietnamese import vndate
from tally.i18n import marked as _
from tally.protocol.acts_log import in_vietnam
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Refused
from tally.protocol.phase import Act, Phase, WrongPhase
from tally.retention import KEYS, PEOPLE, Period, periods

KEYS_ACT, PEOPLE_ACT, ARCHIVE_ACT = "keys-destroy", "people-delete", "archive-round"
NO_PACK = ""


class NotDue(Refused):
    """It is not time yet to destroy this."""

    code = "NOT_DUE"
    text = _("Chưa đến ngày: theo bộ quy tắc, việc này làm được từ {day}.")


class NotArchived(Refused):
    """No evidence pack is written down yet, so nothing may be destroyed."""

    code = "NOT_ARCHIVED"
    text = _("Trước hết xin lập bộ hồ sơ lưu và ghi mã của nó; sau đó mới hủy hay xóa được.")


@dataclass(frozen=True, slots=True)
class Line:
    """One period with the day, yyyy-mm-dd, from which it is over; without one while the round has not ended."""

    period: Period
    day: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands of a round: since when it has ended, its periods, the pack's hash, how many key files are left."""

    ended: str
    lines: tuple[Line, ...]
    pack: str
    keys_gone: bool
    keys_left: int
    people_gone: bool

    def line(self, what: str) -> Line:
        """Return the line about this."""
        return next(line for line in self.lines if line.period.what == what)


def kept(house: House, session: Session, row: Round) -> Kept:
    """Return what stands of a round."""
    ended, found = _ended(session, row), _found(session, row)
    lines = tuple(Line(p, _after(ended, p.days)) for p in periods(row.rule_set))
    return Kept(ended, lines, found.pack, found.keys_gone, len(key_files(house, row.uuid)), found.people_gone)


def key_files(house: House, uuid: str) -> tuple[Path, ...]:
    """Return the key files of a round that are on this machine."""
    folder = house.keyring.folder / uuid
    return tuple(sorted(folder.iterdir())) if folder.is_dir() else ()


def archive(house: House, uuid: str, actor: Actor) -> bytes:
    """Make the evidence pack, write its hash down and return it.

    Raises WrongPhase, TallyRefused where a file is not what the record gives, or a signature is still awaited.
    """
    with reading(house.registry) as session:
        _check_ended(session, find_round(session, uuid))
    pack = evidence.packed(house, uuid)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        _check_ended(session, row)
        found = session.merge(_found(session, row))
        found.pack = sha256_hex(pack)
        _log(session, row, actor, ARCHIVE_ACT, f"{uuid} {found.pack}")
    return pack


def destroy_keys(house: House, uuid: str, actor: Actor, *, today: str) -> bool:
    """Destroy the round's keys on this machine when a second person confirms, and say whether they are.

    The log is signed with them one last time. Raises WrongPhase, NotArchived, NotDue.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        found = _check(house, session, row, KEYS, today)
        if not found.keys_gone:  # else it was cut off after the decision, and is only finished
            if not propose(session, row, KEYS_ACT, actor):
                return False
            found.keys_gone = True
            _log(session, row, actor, KEYS_ACT, uuid)
            if row.manifest:
                session.flush()
                audit.sign_head(house.keyring, session, row, without_key=True)
    house.keyring.discard(uuid, house.issuers)
    with writing(house.box) as box:
        box_key.forget(box, uuid)  # a box that is a process of its own then destroys its copy
    return True


def delete_people(house: House, uuid: str, actor: Actor, *, today: str) -> bool:
    """Delete the personal data of the round when a second person confirms, and say whether it is gone.

    The database is then written anew, so that no page of its file holds it. Raises WrongPhase, NotArchived, NotDue,
    RewriteFailed.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        found = _check(house, session, row, PEOPLE, today)
        if not found.people_gone:
            if not propose(session, row, PEOPLE_ACT, actor):
                return False
            forget_people(session, row)
            found.people_gone = True
            _log(session, row, actor, PEOPLE_ACT, uuid)
    rewrite(house.registry)
    return True


# --- when ---------------------------------------------------------------------------------------------------------


def _check(house: House, session: Session, row: Round, what: str, today: str) -> Retention:
    """Refuse before the round has ended, is archived, and the day has come; return what stands of it."""
    _check_ended(session, row)
    standing = kept(house, session, row)
    found = session.merge(_found(session, row))
    if not found.pack and row.phase != Phase.VOID.value:  # of an annulled round there is nothing to prove
        raise NotArchived("round")
    if today < (day := standing.line(what).day):
        raise NotDue("round", day=vndate(day))
    return found


def _check_ended(session: Session, row: Round) -> None:
    if not _ended(session, row):
        raise WrongPhase("round", phase=row.phase)


def _ended(session: Session, row: Round) -> str:
    """Return the day, in Vietnam, of the act that ended a round, as the log has it; nothing while it has not ended."""
    act = Act.CERTIFY if row.phase == Phase.CERTIFIED.value else Act.ANNUL if row.phase == Phase.VOID.value else None
    if row.rehearsal and row.phase == Phase.TALLIED.value:  # it is never certified
        act = Act.TALLY
    if act is None:
        return ""
    mine = select(AuditEntry.time).where(AuditEntry.organisation_id == row.organisation_id)
    minute = session.scalar(mine.where(AuditEntry.act == act.value, AuditEntry.subject == row.uuid).limit(1))
    day, month, year = in_vietnam(minute)[:10].split("/") if minute else ("", "", "")
    return f"{year}-{month}-{day}" if minute else row.date


def _after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat() if day else ""


def _found(session: Session, row: Round) -> Retention:
    nothing = {"pack": NO_PACK, "keys_gone": False, "people_gone": False}
    return session.get(Retention, row.id) or Retention(round_id=row.id, **nothing)


def _log(session: Session, row: Round, actor: Actor, act: str, subject: str) -> None:
    audit.record(session, row.organisation_id, actor=actor.login, act=act, subject=subject)
