"""The wait for complaints: so long nothing is decrypted after the close, and everybody can look their tracker up.

Here live its length, its measuring and its early end by two persons. Never here: a time of day. It is measured by how
long the machine has been running; after a restart, and on every other machine, it begins again, so that it is longer
than agreed and never shorter. Threats F9, 5.8; SPEC 4.17.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ballot import uptime
from ballot.acts import Actor, check_phase, find_round, propose
from ballot.committee.attempts import changed
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.accounts import Account
from ballot.models.registry.acts import Proposal
from ballot.models.registry.aftercare import ComplaintClock, ComplaintWait
from ballot.models.registry.committee import Ceremony
from ballot.models.registry.rounds import Round
from ballot.phases import COUNTED, NOT_CLOSED
from ballot.storage import reading, writing
from ballot.uptime import Uptime
from tally.i18n import marked as _
from tally.protocol.encoding import integer, sha256_compact, text
from tally.protocol.errors import Refused
from tally.protocol.incident import MOST_MINUTES, REASON_LIMIT, ComplaintWindow
from tally.protocol.phase import Phase

DEFAULT_MINUTES = 10
MINUTES, END = "complaint-minutes", "complaints-end"
SUBJECT = 60


class ComplaintsOpen(Refused):
    """Complaints may still be made, so nothing is decrypted yet."""

    code = "COMPLAINTS_OPEN"
    text = _(
        "Còn {left} phút để tra cứu mã theo dõi và khiếu nại; hết thời gian đó mới mở kết quả. Không có gì bị mất."
    )


class ComplaintsOver(Refused):
    """There is no wait that could be ended early."""

    code = "COMPLAINTS_OVER"
    text = _("Thời gian khiếu nại đã hết hoặc không có, nên không còn gì để kết thúc sớm.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A round's wait: its length in minutes, what is left of it in seconds, who proposed to end it early and why."""

    minutes: int
    left: int
    ended_by: tuple[str, ...] = ()
    proposed_by: str = ""
    reason: str = ""

    @property
    def over(self) -> bool:
        """Whether decryption may begin."""
        return self.left <= 0

    @property
    def minutes_left(self) -> int:
        """What is left, in whole minutes, the last one begun."""
        return -(-self.left // 60)

    @property
    def stated(self) -> ComplaintWindow:
        """What the minutes say of it."""
        return ComplaintWindow(self.minutes, self.ended_by, self.reason if self.ended_by else "")


def waiting(house: House, uuid: str) -> Waiting:
    """Return a round's wait as it stands now; what must be kept of it is written first. Raises NoSuchRound."""
    now = uptime.now()
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        if not _needs_note(session, row, now):
            return standing(session, row, now)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        _note(session, row, now)
        return standing(session, row, now)


def check_over(house: House, uuid: str) -> None:
    """Refuse while complaints may still be made. Raises ComplaintsOpen, NoSuchRound."""
    found = waiting(house, uuid)
    if not found.over:
        raise ComplaintsOpen("round", left=found.minutes_left)


def standing(session: Session, row: Round, now: Uptime) -> Waiting:
    """Return a round's wait, as far as it can be told without writing anything."""
    kept = _kept(session, row)
    ended = (kept.first, kept.second) if kept.second else ()
    over = bool(ended) or kept.passed or row.phase in COUNTED or not kept.minutes
    left = 0 if over else max(kept.minutes * 60 - _elapsed(session, row, now), 0)
    proposed = "" if kept.second else kept.first
    return Waiting(kept.minutes, left, ended, proposed, kept.reason)


def begin(session: Session, row: Round) -> None:
    """Begin to wait, in the transaction that closes the box."""
    _note(session, row, uptime.now())


def plan(session: Session, row: Round, minutes: int) -> None:
    """Write down the length for a new round. Raises WrongShape."""
    integer(minutes, "complaint_minutes", 0, MOST_MINUTES)
    nobody = {"passed": False, "first": "", "second": "", "reason": ""}
    session.add(ComplaintWait(round_id=row.id, minutes=minutes, **nobody))


def length(session: Session, row: Round) -> int:
    """Return how many minutes were agreed, whatever became of them."""
    return _kept(session, row).minutes


def set_minutes(house: House, uuid: str, minutes: int, actor: Actor) -> bool:
    """Change the length before the close and say whether it is; once sealed, a shorter one needs a second person.

    Raises WrongPhase, WrongShape.
    """
    integer(minutes, "complaint_minutes", 0, MOST_MINUTES)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_phase(row, *NOT_CLOSED)
        kept = _kept(session, row)
        alone = minutes >= kept.minutes or row.phase == Phase.DRAFT.value
        if not alone and not propose(session, row, MINUTES, actor, subject=str(minutes), noted=str(minutes)):
            return False
        kept.minutes = minutes
        session.merge(kept)
        audit.record(session, row.organisation_id, actor=actor.login, act=MINUTES, subject=f"{uuid} {minutes}")
    return True


def end_early(house: House, uuid: str, reason: str, actor: Actor) -> bool:
    """End the wait early when a second person gives the same reason; a different reason is a proposal of its own.

    Raises WrongPhase, ComplaintsOver, BadText.
    """
    text(reason, "reason", limit=REASON_LIMIT)
    found = waiting(house, uuid)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_phase(row, Phase.CLOSED)
        if found.over:
            raise ComplaintsOver("round")
        kept, name = session.merge(_kept(session, row)), session.get_one(Account, actor.account_id).name
        if kept.reason != reason:
            session.execute(delete(Proposal).where(Proposal.round_id == row.id, Proposal.act == END))
        subject = sha256_compact(reason.encode())[:SUBJECT]
        if not propose(session, row, END, actor, subject=subject, noted=reason):
            kept.first, kept.reason = name, reason  # also where it was asked for by an account that has ended
            return False
        kept.second = name if name != kept.first else f"{name} ({actor.login})"
        _tell_pages(session, row)
        audit.record(session, row.organisation_id, actor=actor.login, act=END, subject=f"{uuid} {reason}")
    return True


# --- measuring ----------------------------------------------------------------------------------------------------


def _kept(session: Session, row: Round) -> ComplaintWait:
    """Return what is decided; a round from before there was a wait has the usual one."""
    usual = {"minutes": DEFAULT_MINUTES, "passed": False, "first": "", "second": "", "reason": ""}
    return session.get(ComplaintWait, row.id) or ComplaintWait(round_id=row.id, **usual)


def _elapsed(session: Session, row: Round, now: Uptime) -> int:
    """Return how many seconds this run of this machine has waited."""
    clock = session.get(ComplaintClock, (row.id, now.run))
    return max(now.seconds - clock.began, 0) if clock and row.phase == Phase.CLOSED.value else 0


def _needs_note(session: Session, row: Round, now: Uptime) -> bool:
    """Say whether this machine has yet to begin waiting, or to write down that the wait has passed."""
    kept = _kept(session, row)
    if row.phase != Phase.CLOSED.value or kept.passed or kept.second or not kept.minutes:
        return False
    clock = session.get(ComplaintClock, (row.id, now.run))
    return clock is None or clock.began > now.seconds or _elapsed(session, row, now) >= kept.minutes * 60


def _note(session: Session, row: Round, now: Uptime) -> None:
    if not _needs_note(session, row, now):
        return
    kept, clock = _kept(session, row), session.get(ComplaintClock, (row.id, now.run))
    if clock is None:
        session.add(ComplaintClock(round_id=row.id, run=now.run, began=now.seconds))
    elif clock.began > now.seconds:  # a machine that was set back to an earlier picture of itself
        clock.began = now.seconds
    else:
        kept.passed = True
        session.merge(kept)
        _tell_pages(session, row)


def _tell_pages(session: Session, row: Round) -> None:
    if found := session.get(Ceremony, row.id):
        changed(found)
