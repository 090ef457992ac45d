"""Sổ sự cố: the book of incidents of a round, entries that are added and settled and never changed.

Here live its entries, who wrote them, and its export. Never here: a time that nobody typed, or a voter's name without
somebody's saying that it must stand there: an hour beside a name tells when that person came (threats K5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.acts import Actor, find_round
from ballot.committee.seats import one_spelling
from ballot.house import House
from ballot.lists.csv_file import write_csv
from ballot.log import audit
from ballot.models.registry.accounts import Account
from ballot.models.registry.aftercare import IncidentEntry, IncidentSettled
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Round
from ballot.result import signatures
from ballot.result.sittings import as_time
from ballot.storage import writing
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import text
from tally.protocol.errors import BadText, Refused, WrongShape
from tally.protocol.incident import KINDS, MOST_INCIDENTS, TEXT_LIMIT, Incident
from tally.protocol.names import same_person_key
from tally.protocol.phase import Phase, WrongPhase

BEFORE = (Phase.DRAFT.value,)
FINAL = (Phase.CERTIFIED.value,)
HEADINGS = (_("Số"), _("Giờ"), _("Loại việc"), _("Việc xảy ra"), _("Người ghi"), _("Cách giải quyết"), _("Người ghi"))
LABELS, SETTLED = {"kind": HEADINGS[2], "time": HEADINGS[1], "text": HEADINGS[3]}, HEADINGS[5]
SHORTEST_REFERENCE = 4


class VoterNamed(Refused):
    """The text names somebody of the roll, and nobody has said that it must."""

    code = "VOTER_NAMED"
    text = _(
        "Nội dung có tên hoặc mã của người trong danh sách: {name}. Giờ ghi cạnh tên cho biết ai bỏ phiếu lúc nào; xin "
        "bỏ tên, hoặc đánh dấu rằng vẫn phải ghi."
    )


class NoSuchIncident(Refused):
    """No entry of this number waits to be settled."""

    code = "NO_SUCH_INCIDENT"
    text = _("Không có mục nào mang số này còn chờ giải quyết.")


@dataclass(frozen=True, slots=True)
class Typed:
    """A new entry as it was typed; `named` says that a voter's name must stand in it."""

    kind: str = ""
    time: str = ""
    text: str = ""
    named: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as pages show it."""

    number: int
    kind: str
    time: str
    text: str
    name: str
    settled: str
    settled_by: str


def enter(house: House, uuid: str, typed: Typed, actor: Actor) -> int:
    """Add an entry and return its number.

    Raises WrongPhase, AlreadySigned, BadText, WrongShape, VoterNamed.
    """
    made = _read(typed)
    with writing(house.registry) as session:
        row = _open(house, session, uuid)
        if not typed.named:
            _check_nobody(session, row, made.text)
        number = 1 + (
            session.scalar(select(func.max(IncidentEntry.number)).where(IncidentEntry.round_id == row.id)) or 0
        )
        if number > MOST_INCIDENTS:
            raise WrongShape("incidents", expected=f"≤ {MOST_INCIDENTS}")
        who = session.get_one(Account, actor.account_id).name
        line = {"kind": made.kind, "time": made.time, "text": made.text, "name": who}
        session.add(IncidentEntry(round_id=row.id, number=number, **line))
        _log(session, row, actor, "incident-enter", number)
    return number


def settle(house: House, uuid: str, number: int, how: str, actor: Actor, *, named: bool = False) -> None:
    """Write down once how an incident was settled.

    Raises WrongPhase, AlreadySigned, NoSuchIncident, BadText, VoterNamed.
    """
    how = text(one_spelling(how), translate(SETTLED), limit=TEXT_LIMIT)
    with writing(house.registry) as session:
        row = _open(house, session, uuid)
        if not named:
            _check_nobody(session, row, how)
        known = number <= MOST_INCIDENTS and session.get(IncidentEntry, (row.id, number)) is not None
        if not known or session.get(IncidentSettled, (row.id, number)) is not None:
            raise NoSuchIncident("incident")
        who = session.get_one(Account, actor.account_id).name
        session.add(IncidentSettled(round_id=row.id, number=number, text=how, name=who))
        _log(session, row, actor, "incident-settle", number)


def book(session: Session, row: Round) -> tuple[Entry, ...]:
    """Return the entries in the order of their numbers."""
    settled = {s.number: s for s in session.scalars(select(IncidentSettled).where(IncidentSettled.round_id == row.id))}
    entries = session.scalars(
        select(IncidentEntry).where(IncidentEntry.round_id == row.id).order_by(IncidentEntry.number)
    )
    return tuple(_shown(entry, settled.get(entry.number)) for entry in entries)


def stated(session: Session, row: Round) -> tuple[Incident, ...]:
    """Return the book as the minutes of the count state it."""
    return tuple(Incident(entry.kind, entry.time, entry.text, entry.settled) for entry in book(session, row))


def as_csv(session: Session, row: Round) -> bytes:
    """Return the book as a table in which no cell is a formula (threats H4)."""
    heads = [translate(heading) for heading in HEADINGS]
    lines = [
        [str(e.number), e.time, translate(KINDS[e.kind]), e.text, e.name, e.settled, e.settled_by]
        for e in book(session, row)
    ]
    return write_csv([heads, *lines])


def is_open(house: House, row: Round) -> bool:
    """Say whether entries can be added: from the seal on, until the minutes are signed."""
    return row.phase not in (*BEFORE, *FINAL) and not signatures.is_signed(house, row.uuid)


def _read(typed: Typed) -> Incident:
    """Read what was typed, naming the field that cannot be kept. Raises BadText, WrongShape."""
    line = {"kind": typed.kind, "time": as_time(typed.time.strip()), "text": one_spelling(typed.text), "settled": ""}
    try:
        return Incident.parse(line, "incident")
    except (BadText, WrongShape) as error:
        field = error.where.removeprefix("incident.")
        raise error.__class__(translate(LABELS[field]), **error.details) from None


def _open(house: House, session: Session, uuid: str) -> Round:
    row = find_round(session, uuid)
    if row.phase in (*BEFORE, *FINAL):
        raise WrongPhase("round", phase=row.phase)
    signatures.check_unsigned(house, uuid)
    return row


def _check_nobody(session: Session, row: Round, told: str) -> None:
    """Refuse a text in which a name of two words or more, or a reference, of the roll stands. Raises VoterNamed."""
    words = " ".join(re.findall(r"[\w-]+", same_person_key(told)))
    for voter in session.scalars(select(Voter).where(Voter.round_id == row.id)):
        name, reference = same_person_key(voter.name), voter.reference.casefold()
        names = [name] if " " in name else []
        names += [reference] if len(reference) >= SHORTEST_REFERENCE else []
        if any(f" {one} " in f" {words} " for one in names):
            raise VoterNamed(name=voter.name)


def _shown(entry: IncidentEntry, settled: IncidentSettled | None) -> Entry:
    how, who = (settled.text, settled.name) if settled else ("", "")
    return Entry(entry.number, entry.kind, entry.time, entry.text, entry.name, how, who)


def _log(session: Session, row: Round, actor: Actor, act: str, number: int) -> None:
    audit.record(session, row.organisation_id, actor=actor.login, act=act, subject=f"{row.uuid} {number}")
