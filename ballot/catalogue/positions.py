"""Positions (chức danh, chức vụ) of bodies: the title, its equivalent, who manages it, where it stands on a ballot.

Here lives their writing. Never here: a person; a post may be held by several or by none.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue import standards
from ballot.catalogue.changes import check_alive
from ballot.catalogue.errors import EntryInUse, OutOfOrder
from ballot.catalogue.fields import WORDS, day, free_code, number, own, words
from ballot.models.registry.catalogue import Appointment, Body, Position
from ballot.vietnamese import vndate
from tally.i18n import marked as _


def add_position(
    session: Session,
    organisation_id: int,
    *,
    code: str,
    body: Body,
    title: str,
    standard: str = "",
    authority: str = "",
    block: str = "",
    form: str = "",
    rank: int = 0,
    since: str,
) -> Position:
    """Add a post to a body that exists on its first day; `standard` is a key, a title or an equivalent title.

    Raises CodeTaken, UnknownChoice, BadDay, BadNumber, FieldMissing, FieldTooLong, BadText, OutOfOrder, NoSuchEntry.
    """
    own(session, Body, body.id, organisation_id)
    begins = day(since, "since")
    check_alive(body, begins)
    row = Position(
        organisation_id=organisation_id,
        code=free_code(session, Position, organisation_id, code),
        body_id=body.id,
        title=words(title, "title", limit=WORDS),
        standard=standards.standard_key(session, organisation_id, standard, level=body.level),
        authority=words(authority, "authority", limit=WORDS, empty=True),
        block=words(block, "block", limit=WORDS, empty=True),
        form=words(form, "form", limit=WORDS, empty=True),
        rank=number(rank, "rank"),
        since=begins,
        until="",
    )
    session.add(row)
    session.flush()
    return row


def in_use(session: Session, position: Position) -> bool:
    """Say whether anybody was ever appointed to a post."""
    query = select(Appointment.id).where(Appointment.position_id == position.id).limit(1)
    return session.scalar(query) is not None


def correct(session: Session, position: Position, *, code: str, title: str, since: str) -> None:
    """Correct what tells a post apart, while nobody was appointed to it.

    Raises EntryInUse, and what add_position does.
    """
    if in_use(session, position):
        raise EntryInUse("title")
    begins = day(since, "since")
    check_alive(session.get_one(Body, position.body_id), begins)
    position.code = free_code(session, Position, position.organisation_id, code, besides=position.id)
    position.title, position.since = words(title, "title", limit=WORDS), begins
    session.flush()


def arrange(
    session: Session, position: Position, *, standard: str, authority: str, block: str, form: str, rank: str | int
) -> None:
    """Say where a post stands on the next ballot and who manages it; rounds keep what was true for them.

    Raises UnknownChoice, BadNumber, FieldTooLong, BadText.
    """
    level = session.get_one(Body, position.body_id).level
    position.standard = standards.standard_key(session, position.organisation_id, standard, level=level)
    position.authority = words(authority, "authority", limit=WORDS, empty=True)
    position.block = words(block, "block", limit=WORDS, empty=True)
    position.form = words(form, "form", limit=WORDS, empty=True)
    position.rank = number(rank, "rank")
    session.flush()


def end(session: Session, position: Position, until: str) -> None:
    """Note the first day on which a post is no more, nor held by anybody. Raises OutOfOrder, BadDay."""
    ends = day(until, "until")
    if position.until:
        _refuse(ends, position.until, position, _("chức danh đã kết thúc"))
    if ends < position.since:
        _refuse(ends, position.since, position, _("chức danh bắt đầu sau ngày đó"))
    later = select(Appointment.since).where(Appointment.position_id == position.id, Appointment.since >= ends)
    for since in session.scalars(later):
        _refuse(ends, since, position, _("có bổ nhiệm từ sau ngày đó"))
    position.until = ends
    session.flush()


def _refuse(on: str, other: str, position: Position, reason: str) -> None:
    raise OutOfOrder("until", day=vndate(on), other=vndate(other), name=position.title, reason=reason)
