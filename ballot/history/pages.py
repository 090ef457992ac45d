"""What the pages of history show: everybody, and one person with lines, changes, years in two places, pictures.

Here lives the reading for one page. Never here: HTML, or a line that this onlooker may not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ballot.catalogue.errors import NoSuchEntry
from ballot.history import changes, chart, gathering, people
from ballot.history.onlooker import Onlooker
from ballot.history.people import Rated
from ballot.history.ratings import Rating
from ballot.house import House
from ballot.models.registry.rounds import Round
from ballot.storage import reading
from tally.protocol.ruleset import Trigger


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under the same levels, newest first."""

    levels: tuple[str, ...]
    kind: str
    ratings: tuple[Rating, ...]


def everybody(house: House, onlooker: Onlooker, today: str) -> list[Rated]:
    """Return everybody whose lines somebody may see."""
    with reading(house.registry) as session:
        found = gathering.ratings(house, session, onlooker, today)
        return people.everybody(session, onlooker.organisation_id, found)


def of_one(house: House, onlooker: Onlooker, key: str, today: str) -> dict[str, Any]:
    """Return one person's page. Raises NoSuchEntry."""
    rated = people.find(everybody(house, onlooker, today), key)
    return {
        "rated": rated,
        "tables": _tables(rated.ratings),
        "changes": changes.changes(rated.ratings) if _is_somebody(rated) else [],
        "repeated": changes.repeated(rated.ratings) if _is_somebody(rated) else [],
        "beside": changes.beside(rated.ratings),
        "series": chart.series(rated),
    }


def picture(house: House, onlooker: Onlooker, key: str, number: int, today: str) -> bytes:
    """Return one of a person's pictures. Raises NoSuchEntry."""
    found = chart.series(people.find(everybody(house, onlooker, today), key))
    if not 1 <= number <= len(found):
        raise NoSuchEntry("number")
    return chart.picture(found[number - 1])


def _is_somebody(rated: Rated) -> bool:
    """Say whether two lines are of one person: of a post without names it is not known who held it when."""
    return rated.how != people.POST


def _tables(ratings: tuple[Rating, ...]) -> list[Table]:
    found: dict[tuple[str, tuple[str, ...]], list[Rating]] = {}
    for rating in reversed(ratings):
        rules = rating.held.rules
        found.setdefault((rules.kind, tuple(level.label for level in rules.levels)), []).append(rating)
    return [Table(levels, kind, tuple(rows)) for (kind, levels), rows in found.items()]


@dataclass(frozen=True, slots=True)
class Led:
    """An official whose result leads to a vote: by which triggers, and what was said of two rounds in a row."""

    number: int
    name: str
    position: str
    triggers: tuple[Trigger, ...]
    repeated: tuple[str, ...]


def led_to_a_vote(house: House, session: Session, row: Round, onlooker: Onlooker, today: str) -> list[Led]:
    """Return whom the result of a counted round leads to a vote, alone or together with the round before it."""
    found = people.everybody(session, row.organisation_id, gathering.ratings(house, session, onlooker, today))
    told = []
    for rated in found:
        again = changes.repeated(rated.ratings) if _is_somebody(rated) else []
        for rating in rated.ratings:
            mine = [each for each in again if each.now is rating]
            if rating.held.uuid == row.uuid and (rating.triggers or mine):
                triggers = (*rating.triggers, *(each.trigger for each in mine))
                sentences = tuple(each.sentence for each in mine)
                told.append(Led(rating.number, rating.name, rating.position, triggers, sentences))
    return sorted(told, key=lambda led: led.number)
