"""What the organisers see of their committee: each member's state in words, what is next, why an attempt ended.

Here lives reading for the organisers' pages. Never here: an act, or the sentences themselves (committee_words.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ballot import uptime
from ballot.acts import Actor
from ballot.committee.attempts import DESTRUCTION, NONCE, OPENING
from ballot.committee.seats import ACT, NAMING
from ballot.house import House
from ballot.members import committee_words as words
from ballot.members.ceremony_state import MemberState, Progress, progress
from ballot.members.committee_cells import cells, columns, kinds_of
from ballot.members.committee_words import LEADS, NOTES, REASON_OTHER, REASONS, STAGE, Step
from ballot.models.registry.accounts import Account
from ballot.models.registry.acts import Proposal
from ballot.models.registry.committee import Ceremony
from ballot.models.registry.rounds import Round
from ballot.result import complaint_wait
from tally.i18n import translate
from tally.protocol.encoding import sha256_compact
from tally.protocol.phase import Phase
from tally.record import CLOSING

WAITING = {Phase.DRAFT: Step.SEAL, Phase.READY: Step.REST, Phase.VOTING: Step.REST}


@dataclass(frozen=True, slots=True)
class Panel:
    """The committee as its organisers see it; `shape` changes when the page offers other acts than before.

    `proposer` named the list that waits, and `mine` says whether that was the one who looks.
    """

    step: Step
    lead: str
    note: str
    columns: tuple[tuple[str, str], ...]
    cells: tuple[dict[str, str], ...]
    found: Progress | None
    proposer: str
    mine: bool
    reason: str
    shape: str

    @property
    def stage(self) -> int:
        """How far along the making of the key is, from 1; 0 when that is over."""
        return STAGE.get(self.step, 0)

    def as_json(self) -> dict[str, Any]:
        """Return what an open page brings up to date by itself."""
        return {"lead": self.lead, "note": self.note, "cells": self.cells, "shape": self.shape}


def panel(house: House, session: Session, row: Round, actor: Actor) -> Panel:
    """Return the committee of a round as this organiser sees it."""
    found = progress(house, session, row)
    proposer = _proposer(session, row)
    over = complaint_wait.standing(session, row, uptime.now()).over
    step = _step(row, found, written=(house.record(row.uuid) / CLOSING).is_file(), over=over)
    lead, note = _said(row, found, step)
    offered = (row.phase, step, over, row.frozen, proposer and proposer.id, _table(found))
    return Panel(
        step=step,
        lead=lead,
        note=note,
        columns=columns(row),
        cells=tuple(cells(row, found, member) for member in found.members) if found else (),
        found=found,
        proposer=proposer.name if proposer else "",
        mine=proposer is not None and proposer.id == actor.account_id,
        reason=_reason(found) if found and found.ended else "",
        shape=sha256_compact(repr(offered).encode()),
    )


def _table(found: Progress | None) -> object:
    """Return what of a ceremony the page's forms depend on."""
    if found is None:
        return None
    ready = [member.number for member in found.with_kind(NONCE)]
    names = [(member.name, member.role) for member in (*found.members, *found.proposed)]
    return names, ready, found.attempt, found.ended, found.called, found.committee


def _proposer(session: Session, row: Round) -> Account | None:
    """Return who named the list that waits for a second person."""
    found = session.get(Ceremony, row.id)
    if found is None or found.proposed is None:
        return None
    proposal = session.get(Proposal, (row.id, ACT, sha256_compact(found.proposed)))
    return session.get(Account, proposal.account_id) if proposal else None


# --- what is next -------------------------------------------------------------------------------------------------


def _step(row: Round, found: Progress | None, *, written: bool, over: bool) -> Step:
    if row.phase == Phase.VOID:
        return Step.ANNULLED
    if found is None or not found.members:
        waiting = found is not None and found.proposed
        return (Step.SECOND if waiting else Step.NAME) if row.phase in NAMING else Step.ELSEWHERE
    if row.phase == Phase.ISSUING:
        return _making(row, found)
    if row.phase in WAITING:
        return WAITING[Phase(row.phase)]
    if row.phase == Phase.CLOSED:
        return _closed(row, found, over=over) if written else Step.WRITE
    return Step.DONE if len(found.with_kind(DESTRUCTION)) == len(found.members) else Step.DESTROY


def _closed(row: Round, found: Progress, *, over: bool) -> Step:
    if not over:
        return Step.WAIT
    return Step.COUNT if sum(member.part for member in found.members) >= row.threshold else Step.PARTS


def _making(row: Round, found: Progress) -> Step:
    if found.ended:
        return Step.AGAIN
    if found.complete:
        return Step.ADMIT if row.frozen else Step.FREEZE
    if found.called:
        return Step.TEST
    if found.committee:
        return Step.SAVE
    if any(not _is_in(member) and not member.invited for member in found.members):
        return Step.INVITE
    return Step.MAKE if all(_is_in(member) for member in found.members) else Step.JOIN


def _is_in(member: MemberState) -> bool:
    """Say whether a member's page has come in, or the member works with files."""
    return member.joined or bool(member.sent)


def _said(row: Round, found: Progress | None, step: Step) -> tuple[str, str]:
    awaited, count = _awaited(row, found, step) if found else ([], 0)
    values = {
        "size": row.committee_size,
        "threshold": row.threshold,
        "names": ", ".join(member.name for member in awaited),
        "count": count,
        "called": len(found.called) if found else 0,
        "missing": max(row.threshold - count, 0),
    }
    return translate(LEADS[step]).format(**values), translate(NOTES[step]).format(**values) if step in NOTES else ""


def _awaited(row: Round, found: Progress, step: Step) -> tuple[list[MemberState], int]:
    """Return who is awaited in a step, and how many have done what it asks for."""
    members = [m for m in found.members if step != Step.TEST or m.number in found.called]
    if step == Step.INVITE:
        awaited = [m for m in members if not _is_in(m) and not m.invited]
    elif step == Step.JOIN:
        awaited = [m for m in members if not _is_in(m)]
    elif step in (Step.PARTS, Step.COUNT):
        awaited = [m for m in members if not m.part]
    else:
        kinds = {Step.SAVE: (NONCE,), Step.TEST: (OPENING,), Step.DESTROY: (DESTRUCTION,)}
        awaited = _lacking(members, kinds.get(step, kinds_of(row)))
    return awaited, len(members) - len(awaited)


def _lacking(members: Iterable[MemberState], kinds: Iterable[str]) -> list[MemberState]:
    """Return whom everybody waits for: those who lack the first of these messages that anybody lacks."""
    each = ([m for m in members if kind not in m.sent] for kind in kinds)
    return next((awaited for awaited in each if awaited), [])


# --- why an attempt ended -----------------------------------------------------------------------------------------


def _reason(found: Progress) -> str:
    ended = found.ended or {}
    sentence = translate(REASONS.get(ended["code"], REASON_OTHER))
    said = sentence.format(accuser=_person(found, ended["accuser"]), accused=_person(found, ended["accused"]))
    advice = "" if ended["code"] == "WORDS_DIFFER" else translate(words.REASON_NEXT)
    return f"{said[:1].upper()}{said[1:]} {advice}".rstrip()


def _person(found: Progress, number: int) -> str:
    name = next((member.name for member in found.members if member.number == number), "")
    return translate(words.NUMBERED).format(number=number, name=name) if number else translate(words.SERVER)
