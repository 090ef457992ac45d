"""The log as people read it: filtered, in words, with what its chain and its signatures say now; and its export.

Here lives reading, and the one signature that an export adds. Never here: a change to an entry, or another
organisation's log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.house import House
from ballot.log import acts_logged, audit
from ballot.models.registry.rounds import Round
from ballot.round_errors import NoSuchRound
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.acts_log import AuditBroken, Entry, Head, Log, LogCut, in_vietnam
from tally.protocol.errors import BadSignature, Refused, WrongShape, one_line
from tally.protocol.manifest import Manifest

PAGE = 50
TIMES = _("{act} – {count} lần")


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show: entries about one round, of one act, by one person, from day to day (in Vietnam); empty: all."""

    round: str = ""
    act: str = ""
    actor: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> Filter:
        """Read the filter of an address. Raises WrongShape for what is no day."""
        found = cls(*(form.get(name, "").strip() for name in ("dot", "viec", "nguoi", "tu", "den")))
        for day in filter(None, (found.since, found.until)):
            _check_day(day)
        return found

    def as_query(self) -> dict[str, str]:
        """Return what `parse` reads, without what is empty."""
        named = {"dot": self.round, "viec": self.act, "nguoi": self.actor, "tu": self.since, "den": self.until}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry for people, or desk acts in a row that are counted, from the entry `first` to `last`."""

    first: int
    last: int
    time: str
    act: str
    round: str
    details: str
    actor: str
    hash: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What the log is found to be: its length, the refusal if it does not hold, the last head whose signature holds."""

    count: int
    broken: Refused | None
    head: Head | None
    hash: str


@dataclass(frozen=True, slots=True)
class Journal:
    """One organisation's log and the titles of its rounds, newest round first."""

    log: Log
    rounds: Mapping[str, Round]
    checked: Checked

    def chosen(self, wanted: Filter, without: Sequence[str] = ()) -> list[Entry]:
        """Return the entries that the filter lets through, about none of the rounds `without`.

        An entry without a time is of the day of the one before.
        """
        found, day = [], ""
        for entry in self.log.entries:
            day = _iso(in_vietnam(entry.time)) or day
            if _let_through(entry, day, wanted) and not any(map(entry.concerns, without)):
                found.append(entry)
        return found

    def lines(self, entries: Sequence[Entry]) -> list[Line]:
        """Return one line for each entry."""
        return [self._line(entry, entry, acts_logged.words(entry.act)) for entry in entries]

    def printed(self, entries: Sequence[Entry]) -> list[Line]:
        """Return the lines of the printed journal: desk acts in a row are counted, so not even their order is told."""
        found: list[Line] = []
        for at_desk, group in groupby(entries, key=_at_desk):
            run = list(group)
            found += self._counted(run) if at_desk else self.lines(run)
        return found

    def acts(self) -> list[tuple[str, str]]:
        """Return (code, words) of the acts that occur, by their words."""
        named = {entry.act: acts_logged.words(entry.act) for entry in self.log.entries}
        return sorted(named.items(), key=lambda pair: pair[1])

    def actors(self) -> list[str]:
        """Return who occurs."""
        return sorted({entry.actor for entry in self.log.entries if entry.actor})

    def _counted(self, run: list[Entry]) -> Iterator[Line]:
        for act, times in sorted(Counter(entry.act for entry in run).items()):
            said = translate(TIMES).format(act=acts_logged.words(act), count=times)
            actors = ", ".join(sorted({entry.actor for entry in run if entry.act == act and entry.actor}))
            line = self._line(run[0], run[-1], said)
            yield Line(line.first, line.last, "", said, line.round, "", one_line(actors), line.hash)

    def _line(self, first: Entry, last: Entry, said: str) -> Line:
        uuid, _space, rest = first.subject.partition(" ")
        known = self.rounds.get(uuid)
        details = acts_logged.details(first.act, rest) if known else first.subject
        title = known.title if known else ""
        return Line(
            first.height, last.height, in_vietnam(first.time), one_line(said), title, one_line(details),
            one_line(first.actor), last.hash,
        )  # fmt: skip


def read(house: House, organisation_id: int) -> Journal:
    """Read an organisation's log and check all of it now."""
    with reading(house.registry) as session:
        rounds = _rounds(session, organisation_id)
        log = audit.log_of(session, organisation_id)
    return Journal(log, rounds, _check(log, rounds))


def round_among(journal: Journal, uuid: str) -> Round | None:
    """Return the round of this uuid, nothing for none. Raises NoSuchRound also for another organisation's."""
    if uuid and uuid not in journal.rounds:
        raise NoSuchRound("round")
    return journal.rounds.get(uuid)


def export(house: House, organisation_id: int, uuid: str = "") -> bytes:
    """Return the log as a file, its end signed with the key of this round (default: the one sealed last).

    The same log gives the same bytes. A chain that does not hold is exported as it is, and nothing is signed.
    Raises NoSuchRound.
    """
    with writing(house.registry) as session:
        rounds = _rounds(session, organisation_id)
        if uuid and uuid not in rounds:
            raise NoSuchRound("round")
        sealed = [row for row in rounds.values() if row.manifest and uuid in ("", row.uuid)]
        if sealed and _check(audit.log_of(session, organisation_id), rounds).broken is None:
            audit.sign_head(house.keyring, session, sealed[0], without_key=True)
            session.flush()
        return audit.log_of(session, organisation_id).encode()


def _check(log: Log, rounds: Mapping[str, Round]) -> Checked:
    broken: Refused | None = None
    signed: list[Head] = []
    try:
        log.check_chain("log")
        for row in rounds.values():
            if row.manifest:
                signed += log.check_heads(row.uuid, Manifest.parse(row.manifest).log_key, "log")
    except (AuditBroken, LogCut, BadSignature) as refused:
        broken = refused
    last = max(signed, key=lambda head: head.height, default=None)
    return Checked(len(log.entries), broken, last, log.entries[-1].hash if log.entries else "")


def _rounds(session: Session, organisation_id: int) -> dict[str, Round]:
    mine = select(Round).where(Round.organisation_id == organisation_id).order_by(Round.id.desc())
    return {row.uuid: row for row in session.scalars(mine)}


def _let_through(entry: Entry, day: str, wanted: Filter) -> bool:
    return (
        (not wanted.round or entry.concerns(wanted.round))
        and wanted.act in ("", entry.act)
        and wanted.actor in ("", entry.actor)
        and (not wanted.since or day >= wanted.since)
        and (not wanted.until or ("" < day <= wanted.until))
    )


def _at_desk(entry: Entry) -> str:
    """Return the round whose desk this is about, or nothing where it is about no desk."""
    return entry.subject.partition(" ")[0] if acts_logged.is_of_desk(entry.act) else ""


def _iso(shown: str) -> str:
    return "-".join(reversed(shown[:10].split("/")))


def _check_day(day: str) -> None:
    try:
        if date.fromisoformat(day).isoformat() != day:
            raise ValueError
    except ValueError:
        raise WrongShape("tu, den", expected="yyyy-mm-dd") from None
