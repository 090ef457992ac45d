"""Who is who in history: lines of one person brought together by the catalogue, or by a name that reads alike.

Here lives that matching, and how sure it is. Never here: two people of one name made one; where a name is not enough,
their posts tell them apart, and a line without a name is of a post alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue.errors import NoSuchEntry
from ballot.history.ratings import Rating
from ballot.likeness import likeness
from ballot.models.registry.catalogue import Person
from ballot.vietnamese import alphabetical, by_given_name, plain
from tally.protocol.encoding import canonical, sha256_hex

PERSON, NAME, POST = "person", "name", "post"
"""How lines were brought together: a person of the catalogue, a name that reads alike, a post without names."""
Identity = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rated:
    """One person, or one post where no names are known, with all lines in the order of time.

    `key` is their address; `how` one of PERSON, NAME, POST; `namesakes` counts people of the catalogue whose name
    reads alike where none of them is meant for certain.
    """

    key: str
    how: str
    name: str
    ratings: tuple[Rating, ...]
    namesakes: int = 0

    @property
    def latest(self) -> Rating:
        """The line of the last round."""
        return self.ratings[-1]


def everybody(session: Session, organisation_id: int, ratings: list[Rating]) -> list[Rated]:
    """Return everybody in these lines; names by given name, posts without names after them."""
    known = {p.id: p for p in session.scalars(select(Person).where(Person.organisation_id == organisation_id))}
    by_name: dict[str, set[int]] = defaultdict(set)
    for person in known.values():
        by_name[likeness(person.name)].add(person.id)
    there = Counter((r.held.uuid, r.held.past_id, r.alike) for r in ratings)
    twice = {alike for (_uuid, _past, alike), count in there.items() if alike and count > 1}
    together: dict[Identity, list[Rating]] = defaultdict(list)
    for rating in ratings:
        together[_identity(rating, by_name, twice)].append(rating)
    found = [_rated(organisation_id, who, tuple(lines), known, by_name) for who, lines in together.items()]
    return sorted(found, key=_order)


def _order(rated: Rated) -> tuple[object, ...]:
    """Sort people by given name, and after them posts without names by body and title."""
    if rated.how == POST:
        return (1, alphabetical(rated.latest.held.body), alphabetical(rated.name), rated.key)
    return (0, *by_given_name(rated.name), rated.key)


def _identity(rating: Rating, by_name: dict[str, set[int]], twice: set[str]) -> Identity:
    """Say whom a line is about; a name that stands twice in some round is told apart by its post."""
    if rating.person_id:
        return (PERSON, str(rating.person_id))
    post = "; ".join(sorted(rating.posts))
    if not rating.alike:
        return (POST, rating.held.place, post)
    ids = by_name.get(rating.alike, set())
    if rating.alike in twice:
        return (NAME, rating.alike, post)
    return (PERSON, str(next(iter(ids)))) if len(ids) == 1 else (NAME, rating.alike)


def _rated(
    organisation_id: int,
    who: Identity,
    lines: tuple[Rating, ...],
    known: dict[int, Person],
    by_name: dict[str, set[int]],
) -> Rated:
    key = sha256_hex(canonical([organisation_id, *who]))[:20]
    if who[0] == PERSON:
        person = known.get(int(who[1]))
        return Rated(key, PERSON, person.name if person else lines[-1].name, lines)
    if who[0] == NAME:
        return Rated(key, NAME, lines[-1].name, lines, len(by_name.get(who[1], ())))
    return Rated(key, POST, lines[-1].position, lines)


def search(people: list[Rated], typed: str) -> list[Rated]:
    """Return those whose name, post or body has what was typed in it, with or without diacritics."""
    asked = plain(typed)
    return [each for each in people if any(asked in plain(_words(each, rating)) for rating in each.ratings)]


def _words(rated: Rated, rating: Rating) -> str:
    return f"{rated.name} {rating.name} {rating.position} {rating.held.body}"


def find(people: list[Rated], key: str) -> Rated:
    """Return one by their address. Raises NoSuchEntry also for somebody whom this onlooker may not see."""
    found = next((each for each in people if each.key == key), None)
    if found is None:
        raise NoSuchEntry("key")
    return found
