"""Reading what people type or a list holds: texts, days, small numbers, ids, in one spelling or not at all.

Here lives the border of the catalogue. Never here: what a field means.

A day is ISO 8601 inside (yyyy-mm-dd) and dd/mm/yyyy for people. A time is half-open: `since` is the first day, `until`
the first day no longer, so what ends and what follows it share one date and no day has both.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue.errors import BadDay, BadNumber, CodeTaken, FieldMissing, FieldTooLong, NoSuchEntry
from ballot.models.registry.catalogue import Body, Group, Person, Position
from tally.protocol.composing import composed
from tally.protocol.encoding import text

CODE, NAME, WORDS, UNIT = 60, 200, 400, 200
"""Limits in characters: a code; a person's name; other names, titles and reasons; a unit or site."""
FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST = 9999
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_TYPED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})\Z")
_PART = re.compile(r"([0-9]{4})(?:-(?:0[1-9]|1[0-2]))?\Z")
Entry = TypeVar("Entry", Body, Position, Person, Group)


def words(value: str, where: str, *, limit: int, empty: bool = False) -> str:
    """Return a text in NFC without blanks around it. Raises FieldMissing, FieldTooLong, BadText."""
    clean = composed(value, where).strip()
    if not clean and not empty:
        raise FieldMissing(where)
    if len(clean) > limit:
        raise FieldTooLong(where, limit=limit)
    return text(clean, where, limit=limit, empty=empty)


def day(value: str, where: str, *, empty: bool = False) -> str:
    """Return a day as it is kept, from yyyy-mm-dd or from what people write: 5/1/2026. Raises FieldMissing, BadDay."""
    value = value.strip()
    if not value:
        if empty:
            return ""
        raise FieldMissing(where)
    if match := _ISO.match(value):
        year, month, number = match.groups()
    elif match := _TYPED.match(value):
        number, month, year = match.groups()
    else:
        raise BadDay(where)
    try:
        found = date(int(year), int(month), int(number))
    except ValueError:
        raise BadDay(where) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadDay(where)
    return found.isoformat()


def birthday(value: str, where: str) -> str:
    """Return a day of birth, of which often only the year is known, or nothing. Raises BadDay."""
    value = value.strip()
    match = _PART.match(value)
    if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return value
    return day(value, where, empty=True)


def number(value: str | int, where: str) -> int:
    """Return a small whole number; nothing is 0. Raises BadNumber."""
    found = str(value).strip() or "0"
    if not (found.isascii() and found.isdigit() and len(found) <= 4):
        raise BadNumber(where, most=MOST)
    return int(found)


def id_of(value: str, where: str) -> int:
    """Return an id that came out of a form. Raises FieldMissing, NoSuchEntry."""
    value = value.strip()
    if not value:
        raise FieldMissing(where)
    if not (value.isascii() and value.isdigit() and len(value) <= 10 and int(value) < 2**31):
        raise NoSuchEntry(where)
    return int(value)


def within(asked: str, since: str, until: str) -> bool:
    """Say whether a day lies in a time."""
    return since <= asked and (not until or asked < until)


def own(session: Session, kind: type[Entry], entry_id: int, organisation_id: int) -> Entry:
    """Return an organisation's entry; another's is none. Raises NoSuchEntry. Source: threats H5."""
    found = session.scalar(select(kind).where(kind.id == entry_id, kind.organisation_id == organisation_id))
    if found is None:
        raise NoSuchEntry("id")
    return found


def free_code(
    session: Session, kind: type[Entry], organisation_id: int, value: str, *, besides: int | None = None
) -> str:
    """Return a code that no other entry of this kind has. Raises CodeTaken, FieldMissing, FieldTooLong, BadText."""
    code = words(value, "code", limit=CODE)
    query = select(kind).where(kind.organisation_id == organisation_id, kind.code == code)
    found = session.scalar(query)
    if found is not None and found.id != besides:
        raise CodeTaken("code", code=code, name=found.title if isinstance(found, Position) else found.name)
    return code
