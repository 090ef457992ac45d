"""Every line of every round that somebody may see: our counted rounds from their records, others as taken over.

Here lives the reading. Never here: a rehearsal, which is no result; or a choice of lines (onlooker.py).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue import rule_books
from ballot.history.onlooker import Onlooker
from ballot.history.places import Places
from ballot.history.ratings import Held, Rating
from ballot.house import House
from ballot.models.registry.history import PastLine, PastRound
from ballot.models.registry.rounds import Official, Round
from ballot.phases import COUNTED
from tally.paper import Counters, JudgedRound, PaperLine, PaperRound, judge
from tally.protocol.encoding import decode
from tally.protocol.phase import Phase
from tally.protocol.ruleset import RuleSet
from tally.record import RESULT

LIMIT = 1024 * 1024


def ratings(house: House, session: Session, onlooker: Onlooker, today: str) -> list[Rating]:
    """Return the lines that somebody may see, oldest round first."""
    places = Places(session, onlooker.organisation_id)
    mine = select(Round).where(Round.organisation_id == onlooker.organisation_id, Round.phase.in_(COUNTED))
    found: list[Rating] = []
    for row in session.scalars(mine.where(Round.rehearsal.is_(False))):
        found += _of_record(house, session, row, onlooker, places)
    managed = onlooker.managed(session, today)
    for past, lines in _past(session, onlooker.organisation_id):
        seen = {line.number for line in onlooker.sees_past(lines, managed)}
        found += [rating for rating in of_past(past, lines, places) if rating.number in seen]
    return sorted(found, key=lambda r: (r.held.date, r.held.title, r.held.past_id, r.held.uuid, r.number))


def _of_record(house: House, session: Session, row: Round, onlooker: Onlooker, places: Places) -> Iterator[Rating]:
    """Yield the lines of one of our rounds as its result.json has them; the manifest has the rules."""
    path = house.record(row.uuid) / RESULT
    if not path.is_file():
        return
    result = json.loads(path.read_bytes())
    seen = onlooker.sees(session, row, [(line["name"], line["position"]) for line in result["officials"]])
    known = {(o.name, o.position): o for o in session.scalars(select(Official).where(Official.round_id == row.id))}
    held = Held(
        uuid=row.uuid, past_id=0, title=row.title, body=row.body, session=row.session, date=row.date,
        place=places.of(row.body, row.date), rules=rule_books.of_round(session, row), base=result["base"]["count"],
        final=row.phase == Phase.CERTIFIED.value,
    )  # fmt: skip
    for line in result["officials"]:
        if (line["name"], line["position"]) in seen:
            official = known.get((line["name"], line["position"]))
            yield Rating(
                held=held, number=line["number"], name=line["name"], position=line["position"],
                person_id=official.person_id if official else None, counts=tuple(line["counts"]),
                percent=tuple(line["percent"]), void=line["void"], unmarked=line["void"],
                met=tuple(line["thresholds"]),
            )  # fmt: skip


def _past(session: Session, organisation_id: int) -> Iterator[tuple[PastRound, list[PastLine]]]:
    lines: dict[int, list[PastLine]] = defaultdict(list)
    mine = select(PastRound).where(PastRound.organisation_id == organisation_id).order_by(PastRound.id)
    of_mine = select(PastLine).join(PastRound, PastRound.id == PastLine.past_round_id)
    for line in session.scalars(of_mine.where(PastRound.organisation_id == organisation_id)):
        lines[line.past_round_id].append(line)
    for past in session.scalars(mine):
        yield past, sorted(lines[past.id], key=lambda line: line.number)


def of_past(past: PastRound, lines: list[PastLine], places: Places) -> list[Rating]:
    """Return the lines of a round from a file, judged from its counts by the rules that it was taken over with."""
    judged = judged_again(past, lines)
    held = Held(
        uuid="", past_id=past.id, title=past.title, body=past.body, session=past.session, date=past.date,
        place=places.of(past.body, past.date), rules=judged.round.rules, base=judged.base,
    )  # fmt: skip
    return [
        Rating(
            held=held, number=line.number, name=line.name, position=line.position, person_id=line.person_id,
            counts=each.line.counts, percent=each.percent, void=each.void, unmarked=each.unmarked, met=each.met,
            source=line.source,
        )
        for line, each in zip(lines, judged.lines, strict=True)
    ]  # fmt: skip


def judged_again(past: PastRound, lines: list[PastLine]) -> JudgedRound:
    """Return a round from a file as it was judged when it was taken over, but for the published percentages."""
    rules = RuleSet.parse(decode(past.rules, "rules", limit=LIMIT), "rules")
    counters = Counters(past.delegates, past.summoned, past.issued, past.returned, past.valid, past.invalid)
    nothing = (None,) * len(rules.levels)
    read = tuple(
        PaperLine(0, line.number, line.name, line.position, tuple(json.loads(line.counts)), nothing, line.source)
        for line in lines
    )
    return judge(PaperRound(past.title, past.date, past.body, past.session, rules, past.base, counters, read))
