"""Lists that were read and shown, waiting for a yes: bound to an account, its organisation and a digest of what it saw.

Here lives the way from a file to the catalogue: all of it in one transaction, or nothing. Never here: a file; what was
read of it is kept until the yes, the no, or the account's next file. What it would do is tried in rehearsal.py.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.house import House
from ballot.lists.columns import Sheet
from ballot.lists.outcome import ADDED, CHANGED, Outcome, decode, encode
from ballot.lists.refusals import ListChanged, ListHasProblems, NoSuchList
from ballot.lists.rehearsal import rehearse
from ballot.lists.takeover import take_over
from ballot.lists.workbook import Row, Workbook, read
from ballot.log import audit
from ballot.models.registry.planning import StagedList
from ballot.storage import reading, writing
from tally.protocol.encoding import sha256_hex

WHOLE = "so"
HISTORY = "lich-su"
"""Kinds of what waits: a whole workbook, else one sheet by its slug; rounds from a file (ballot/history/taking.py)."""
TRIES = 2
"""So often is a list tried on a copy before everybody waits for it."""


class _Undo(Exception):
    """Ends a transaction that would write what nobody saw."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What somebody is shown and says yes or no to."""

    token: str
    digest: str
    book: Workbook
    outcome: Outcome

    @property
    def sound(self) -> bool:
        """Say whether it may be written."""
        return not self.book.problems and not self.outcome.problems

    @property
    def new(self) -> int:
        """Return how many rows would add or change something."""
        return self.outcome.total(ADDED) + self.outcome.total(CHANGED)

    def added(self, title: str) -> list[Row]:
        """Return the rows of a sheet that would be added."""
        verdicts = self.outcome.rows.get(title, {})
        return [row for row in self.book.sheets.get(title, ()) if verdicts.get(row.number) == ADDED]


def stage(house: House, raw: bytes, filename: str, only: Sheet | None, actor: Actor) -> str:
    """Read an uploaded file and keep what it would do; return the name under which it waits. Raises BadFile."""
    book = read(raw, filename, only=only)
    content = encode(book, rehearse(house.registry, actor.organisation_id, book).outcome)
    row = StagedList(token=secrets.token_urlsafe(24), kind=only.slug if only else WHOLE, name=book.name)
    row.organisation_id, row.account_id = actor.organisation_id, actor.account_id
    row.content, row.digest = content, sha256_hex(content)
    with writing(house.registry) as session:
        mine = (StagedList.account_id == actor.account_id, StagedList.kind != HISTORY)
        session.execute(delete(StagedList).where(*mine))
        session.add(row)
    return row.token


def preview(house: House, token: str, actor: Actor) -> Preview:
    """Return a waiting list as it was shown. Raises NoSuchList."""
    with reading(house.registry) as session:
        row = _own(session, token, actor)
        return Preview(row.token, row.digest, *decode(json.loads(row.content)))


def admit(house: House, token: str, digest: str, actor: Actor) -> Outcome:
    """Write a waiting list that was seen with this digest, whole. Raises NoSuchList, ListHasProblems, ListChanged.

    What it does is looked at again, with the catalogue as it is now: where that is not what was shown, nothing is
    written and the list waits to be seen anew. It is looked at on a copy, so that desks go on meanwhile; only where
    the catalogue changes under every try is it looked at inside the one transaction that writes.
    """
    shown = preview(house, token, actor)
    if digest != shown.digest:
        raise ListChanged("digest")
    if not shown.sound:
        raise ListHasProblems("list")
    for _try in range(TRIES):
        tried = rehearse(house.registry, actor.organisation_id, shown.book)
        content = encode(shown.book, tried.outcome)
        if sha256_hex(content) != digest:
            _show_anew(house, token, actor, content)
            raise ListChanged("list")
        with writing(house.registry) as session:
            if tried.still_true(session):
                _agreed(session, token, digest, actor, tried.outcome)
                tried.write(session)
                return tried.outcome
    return _admit_locked(house, token, digest, actor, shown.book)


def _admit_locked(house: House, token: str, digest: str, actor: Actor, book: Workbook) -> Outcome:
    """Look and write in one transaction, which holds everybody else up. Raises NoSuchList, ListChanged."""
    found: list[bytes] = []
    with suppress(_Undo), writing(house.registry) as session:
        outcome = take_over(session, actor.organisation_id, book)
        found.append(encode(book, outcome))
        if sha256_hex(found[0]) != digest:
            raise _Undo
        _agreed(session, token, digest, actor, outcome)
        return outcome
    _show_anew(house, token, actor, found[0])
    raise ListChanged("list")


def _agreed(session: Session, token: str, digest: str, actor: Actor, outcome: Outcome) -> None:
    """Forget a list that is written now, and log it. Raises NoSuchList."""
    session.delete(_own(session, token, actor))
    subject = f"{digest[:16]} +{outcome.total(ADDED)} ~{outcome.total(CHANGED)}"
    audit.record(session, actor.organisation_id, actor=actor.login, act="import-catalogue", subject=subject)


def put_aside(house: House, token: str, actor: Actor) -> None:
    """Forget a waiting list. Raises NoSuchList."""
    with writing(house.registry) as session:
        session.delete(_own(session, token, actor))


def _show_anew(house: House, token: str, actor: Actor, content: bytes) -> None:
    """Keep what a waiting list would do now, to be shown anew. Raises NoSuchList."""
    with writing(house.registry) as session:
        row = _own(session, token, actor)
        row.content, row.digest = content, sha256_hex(content)


def _own(session: Session, token: str, actor: Actor) -> StagedList:
    """Return an account's own waiting list; another's is none. Raises NoSuchList. Source: threats H5."""
    mine = select(StagedList).where(StagedList.token == token, StagedList.account_id == actor.account_id)
    mine = mine.where(StagedList.organisation_id == actor.organisation_id, StagedList.kind != HISTORY)
    row = session.scalar(mine)
    if row is None:
        raise NoSuchList("list")
    return row
