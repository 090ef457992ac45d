"""The big screen: what everybody in the hall may see of a round, and how its result is shown block by block.

Here live what the screen says and the organiser's act of showing the next block. Never here: an account, or a result
before it is certified, whatever is asked; a rehearsal's may be shown once it is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor, find_round
from ballot.desk.attendance import Attendance, attendance
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.rounds import Round
from ballot.public import board
from ballot.public.board import ResultRestricted, ShownBlock
from ballot.public.cosigning import last_word
from ballot.public.disclosure import Sees, Viewer, is_restricted, shows
from ballot.public.turnout import collected, turnout
from ballot.public.witnesses import root_of
from ballot.result import complaint_wait
from ballot.result.complaint_wait import Waiting
from ballot.round_errors import NoSuchRound
from ballot.storage import reading, writing
from tally.protocol.phase import Phase, WrongPhase

ROWS = 5
"""Officials on one screen: so many stay readable at 20 m."""
EVERY, TURN_EVERY = 10, 12
"""Seconds until the screen asks again; with several pages of one block, until the next."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of one block that fits a screen."""

    block: ShownBlock
    levels: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    number: int
    of: int
    revealed: int
    pinned: int

    @property
    def following(self) -> dict[str, int]:
        """What the screen asks for next: the next page of this block, from the last the first again."""
        there = {"khoi": self.pinned} if self.pinned else {"da": self.revealed}
        return {**there, "trang": self.number % self.of + 1}


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything that the screen shows. `turnout` is in words and only while the box is open, `collected` after it.

    `root`, in hex, stands there between the close and the count, to be copied onto paper.
    """

    round: Round
    attendance: Attendance
    turnout: str
    collected: int | None
    page: Page | None
    wait: Waiting
    root: str

    @property
    def seconds(self) -> int:
        """How long it stands."""
        return TURN_EVERY if self.page and self.page.of > 1 else EVERY


@dataclass(frozen=True, slots=True)
class Reveal:
    """What the organiser sees: the titles of all blocks, how many are shown, whether another may be shown now."""

    titles: tuple[str, ...]
    shown: int
    allowed: bool

    @property
    def following(self) -> str:
        """The title of the next block; nothing when all are shown."""
        return self.titles[self.shown] if self.shown < len(self.titles) else ""


def may_show(row: Round) -> bool:
    """Say whether results may stand on the big screen at all."""
    return shows(Viewer.SCREEN, row) is not Sees.NOTHING


def screen(house: House, key: str, *, pinned: int = 0, seen: int = 0, number: int = 1) -> Screen:
    """Return what the screen of this key shows.

    `pinned` asks for an earlier block again; `seen` is how many blocks were shown when the page before was made, so
    that a new block begins at its first page. Raises NoSuchRound.
    """
    with reading(house.registry) as session:
        row = session.scalar(select(Round).where(Round.projector_key == key)) if key else None
        if row is None:
            raise NoSuchRound("round")
        present = attendance(session, row)
    early = row.phase in (Phase.DRAFT.value, Phase.VOID.value) or row.manifest is None
    open_now = None if early else turnout(house, row.uuid)
    return Screen(
        round=row,
        attendance=present,
        turnout=open_now.words if open_now else "",
        collected=None if early else collected(house, row.uuid),
        page=_page(house, row, pinned=pinned, seen=seen, number=number),
        wait=complaint_wait.waiting(house, row.uuid),
        root=root_of(last_word(house, row.uuid)) if row.phase == Phase.CLOSED.value else "",
    )


def _page(house: House, row: Round, *, pinned: int, seen: int, number: int) -> Page | None:
    if not may_show(row) or row.revealed < 1:
        return None
    found = board.find(house, row.uuid)
    blocks = found.blocks()[: row.revealed]
    if not blocks or found.result is None:
        return None
    place = pinned if 1 <= pinned <= len(blocks) else 0
    levels = tuple(level["label"] for level in found.result["levels"])
    number = number if place or seen == len(blocks) else 1
    return page_of(blocks[(place or len(blocks)) - 1], levels, number=number, revealed=len(blocks), pinned=place)


def page_of(block: ShownBlock, levels: tuple[str, ...], *, number: int, revealed: int, pinned: int) -> Page:
    """Return one page of a block; a number that it has not is the first."""
    of = -(-len(block.rows) // ROWS)
    number = number if 1 <= number <= of else 1
    return Page(block, levels, block.rows[(number - 1) * ROWS : number * ROWS], number, of, revealed, pinned)


# --- the organiser's side -----------------------------------------------------------------------------------------


def reveal_state(house: House, row: Round) -> Reveal | None:
    """Return how far the result is shown; nothing while there is none to show."""
    if not may_show(row):
        return None
    titles = tuple(_title(block) for block in board.find(house, row.uuid).blocks())
    return Reveal(titles, min(row.revealed, len(titles)), row.revealed < len(titles))


def reveal(house: House, uuid: str, actor: Actor, *, shown: int) -> None:
    """Show the next block; `shown` is how many the organiser saw there, so that a second press shows none too many.

    Raises ResultRestricted, WrongPhase while a real round is not certified or a rehearsal not counted.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        _check_may_show(row)
        blocks = board.find(house, uuid).blocks()
        if row.revealed != shown or shown >= len(blocks):
            return
        row.revealed = shown + 1
        _log(session, row, actor, blocks[shown])


def _check_may_show(row: Round) -> None:
    if is_restricted(row.disclosure):
        raise ResultRestricted("round")
    if not may_show(row):
        raise WrongPhase("round", phase=row.phase)


def _log(session: Session, row: Round, actor: Actor, block: ShownBlock) -> None:
    subject = f"{row.uuid} {_title(block)}"
    audit.record(session, row.organisation_id, actor=actor.login, act="reveal-block", subject=subject)


def _title(block: ShownBlock) -> str:
    return f"{block.form} · {block.title}" if block.form else block.title
