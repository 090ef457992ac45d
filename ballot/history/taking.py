"""Rounds from a file: read and judged, shown, waiting for a yes; then written whole, once, and logged.

Here lives the way of a file into history. Never here: a percentage that somebody published (only where it differs is
shown), a file half written, or a file twice.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue import rule_books
from ballot.house import House
from ballot.likeness import likeness
from ballot.lists.refusals import ListChanged, NoSuchList
from ballot.lists.staging import HISTORY
from ballot.log import audit
from ballot.models.registry.catalogue import Person
from ballot.models.registry.history import PastLine, PastRound
from ballot.models.registry.planning import StagedList
from ballot.storage import reading, writing
from ballot.vietnamese import vndate
from tally import rules
from tally.i18n import marked as _
from tally.paper import JudgedLine, JudgedRound, judge, read
from tally.paper.document import document
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.errors import ConflictOfInterest, Refused, one_line

OFFICE = "organiser"
LONGEST_NAME = 200


class FileKnown(Refused):
    """The very same file was taken over before."""

    code = "PAST_FILE_KNOWN"
    text = _("Tệp này đã được nhập trước đây (đợt “{title}”). Không ghi gì thêm.")


class RoundKnown(Refused):
    """A round of this name and day is there, or stands twice in the file."""

    code = "PAST_ROUND_KNOWN"
    text = _("Đợt “{title}” ngày {day} đã có. Muốn thay số liệu, xin xóa đợt đã nhập rồi nhập lại; chưa ghi gì.")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would add: its rounds as they were judged, and which lines are of whom in the catalogue.

    `people` has (round, line) by their places in the file's order: the person whose name alone reads alike.
    """

    token: str
    name: str
    digest: str
    rounds: tuple[JudgedRound, ...]
    people: dict[tuple[int, int], Person]


def stage(house: House, raw: bytes, filename: str, actor: Actor, *, own_name: str) -> str:
    """Read a file and keep it until its reader's yes; return the name under which it waits.

    Raises what tally.paper.read refuses, naming line and column; FileKnown, RoundKnown, ConflictOfInterest.
    """
    with writing(house.registry) as session:
        shown = _shown(session, raw, actor.organisation_id, "", one_line(filename)[:LONGEST_NAME])
        _check(session, shown, raw, actor.organisation_id)
        check_not_rated(shown.rounds, own_name)
        mine = (StagedList.account_id == actor.account_id, StagedList.kind == HISTORY)
        session.execute(delete(StagedList).where(*mine))
        row = StagedList(token=secrets.token_urlsafe(24), kind=HISTORY, name=shown.name, content=raw)
        row.organisation_id, row.account_id, row.digest = actor.organisation_id, actor.account_id, shown.digest
        session.add(row)
        return row.token


def check_not_rated(rounds: tuple[JudgedRound, ...], own_name: str) -> None:
    """Refuse to somebody the numbers of a round in which they are rated. Raises ConflictOfInterest. threats P4."""
    own = likeness(own_name)
    if any(line.line.name and likeness(line.line.name) == own for judged in rounds for line in judged.lines):
        raise ConflictOfInterest(OFFICE, name=own_name)


def preview(house: House, token: str, actor: Actor) -> Preview:
    """Return a waiting file as it would be taken over now. Raises NoSuchList, and what read refuses."""
    with reading(house.registry) as session:
        row = _own(session, token, actor)
        return _shown(session, row.content, actor.organisation_id, row.token, row.name)


def admit(house: House, token: str, digest: str, actor: Actor) -> int:
    """Write a waiting file that was seen with this digest, whole; return how many rounds it had.

    Raises NoSuchList, ListChanged where a rule set or the catalogue says otherwise now, FileKnown, RoundKnown.
    """
    with writing(house.registry) as session:
        row = _own(session, token, actor)
        shown = _shown(session, row.content, actor.organisation_id, row.token, row.name)
        if digest != shown.digest:
            raise ListChanged("digest")
        _check(session, shown, row.content, actor.organisation_id)
        known = sha256_hex(row.content)
        for place, judged in enumerate(shown.rounds):
            who = [shown.people.get((place, number)) for number in range(len(judged.lines))]
            people = [person.id if person else None for person in who]
            _write(session, actor.organisation_id, judged, digest=known, people=people)
        session.delete(row)
        said = f"{known[:16]} +{len(shown.rounds)}"
        audit.record(session, actor.organisation_id, actor=actor.login, act="past-rounds-import", subject=said)
        return len(shown.rounds)


def put_aside(house: House, token: str, actor: Actor) -> None:
    """Forget a waiting file. Raises NoSuchList."""
    with writing(house.registry) as session:
        session.delete(_own(session, token, actor))


def _shown(session: Session, raw: bytes, organisation_id: int, token: str, name: str) -> Preview:
    """Read and judge a file by the rule sets that hold now; its digest names all that its reader is shown."""
    shelf = rule_books.shelf(session, organisation_id)
    own = {rule_set: shelf.load(rule_set) for rule_set in shelf.names()}
    rounds = tuple(map(judge, read(raw, name, folder=rules.FOLDER, own=own)))
    people = _people(session, organisation_id, rounds)
    linked = [[*place, person.id] for place, person in sorted(people.items(), key=lambda item: item[0])]
    sources = [judged.round.rules.source for judged in rounds]
    digest = sha256_hex(canonical([document(rounds).decode("utf-8"), sources, linked]))
    return Preview(token, name, digest, rounds, people)


def _people(session: Session, organisation_id: int, rounds: tuple[JudgedRound, ...]) -> dict[tuple[int, int], Person]:
    """Return which lines are of whom: where one person of the catalogue reads like a name.

    A name that stands twice in any round of the file is nobody's.
    """
    known: dict[str, list[Person]] = defaultdict(list)
    for person in session.scalars(select(Person).where(Person.organisation_id == organisation_id)):
        known[likeness(person.name)].append(person)
    names = [[likeness(line.line.name) if line.line.name else "" for line in judged.lines] for judged in rounds]
    twice = {name for of_round in names for name in of_round if of_round.count(name) > 1}
    return {
        (place, number): known[name][0]
        for place, of_round in enumerate(names)
        for number, name in enumerate(of_round)
        if name not in twice and len(known.get(name, ())) == 1
    }


def _check(session: Session, shown: Preview, raw: bytes, organisation_id: int) -> None:
    mine = select(PastRound).where(PastRound.organisation_id == organisation_id)
    same = session.scalar(mine.where(PastRound.digest == sha256_hex(raw)).limit(1))
    if same is not None:
        raise FileKnown(title=same.title)
    seen = {(row.title, row.date) for row in session.scalars(mine)}
    for judged in shown.rounds:
        named = (judged.round.title, judged.round.date)
        if named in seen:
            raise RoundKnown(title=named[0], day=vndate(named[1]))
        seen.add(named)


def _write(
    session: Session, organisation_id: int, judged: JudgedRound, *, digest: str, people: list[int | None]
) -> None:
    """Write one round; `people` has the catalogue's person of every line, or nothing."""
    paper, known = judged.round, judged.round.counters
    row = PastRound(organisation_id=organisation_id, title=paper.title, body=paper.body, session=paper.session)
    row.date, row.rule_set, row.rules, row.digest = paper.date, paper.rules.id, canonical(paper.rules.source), digest
    row.delegates, row.summoned, row.issued = known.delegates, known.summoned, known.issued
    row.returned, row.valid, row.invalid, row.base = known.returned, known.valid, known.invalid, judged.base
    session.add(row)
    session.flush()
    session.add_all(_line(row.id, line, who) for line, who in zip(judged.lines, people, strict=True))


def _line(past_round_id: int, line: JudgedLine, person_id: int | None) -> PastLine:
    told = line.line
    counts = canonical(list(told.counts)).decode("ascii")
    return PastLine(
        past_round_id=past_round_id, number=told.number, name=told.name, position=told.position, counts=counts,
        source=told.source, person_id=person_id,
    )  # fmt: skip


def _own(session: Session, token: str, actor: Actor) -> StagedList:
    """Return an account's own waiting file; another's is none. Raises NoSuchList. Source: threats H5."""
    mine = select(StagedList).where(StagedList.token == token, StagedList.account_id == actor.account_id)
    mine = mine.where(StagedList.organisation_id == actor.organisation_id, StagedList.kind == HISTORY)
    row = session.scalar(mine)
    if row is None:
        raise NoSuchList("list")
    return row
