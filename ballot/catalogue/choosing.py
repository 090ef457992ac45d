"""Finding an entry by what people type or remember: a code, a name, a part of it, with or without diacritics.

Here lives the search. Never here: a guess between two people of one name; whoever asks says the code.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue import people
from ballot.catalogue.errors import FieldMissing, UnknownChoice
from ballot.models.registry.catalogue import Body, Group, Person, Position
from ballot.vietnamese import alphabetical, plain

SHOWN = 50
"""So many of each kind are shown; the page says that there are more."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, by kind."""

    bodies: list[Body]
    positions: list[tuple[Position, Body]]
    people: list[Person]
    groups: list[Group]

    @property
    def nothing(self) -> bool:
        """Say whether nothing was found."""
        return not (self.bodies or self.positions or self.people or self.groups)


def search(session: Session, organisation_id: int, typed: str) -> Found:
    """Return every entry whose code or name holds all the words that were typed, ended ones too."""
    asked = plain(typed[:200]).split()

    def hit(*texts: str) -> bool:
        whole = " ".join(map(plain, texts))
        return all(word in whole for word in asked)

    bodies = session.scalars(select(Body).where(Body.organisation_id == organisation_id)).all()
    by_id = {body.id: body for body in bodies}
    posts = session.scalars(select(Position).where(Position.organisation_id == organisation_id)).all()
    groups = session.scalars(select(Group).where(Group.organisation_id == organisation_id)).all()
    return Found(
        bodies=sorted((b for b in bodies if hit(b.code, b.name)), key=lambda b: (alphabetical(b.name), b.since)),
        positions=sorted(
            ((p, by_id[p.body_id]) for p in posts if hit(p.code, p.title, by_id[p.body_id].name)),
            key=lambda pair: (alphabetical(pair[0].title), pair[0].code),
        ),
        people=[p for p in people.everybody(session, organisation_id) if hit(p.code, p.name, p.unit)],
        groups=sorted((g for g in groups if hit(g.code, g.name)), key=lambda g: (alphabetical(g.name), g.code)),
    )


def person_said(session: Session, organisation_id: int, typed: str) -> Person:
    """Return the person whose code, or whose name nobody else has, was typed. Raises UnknownChoice, FieldMissing."""
    asked = unicodedata.normalize("NFC", " ".join(typed[:400].split()))
    if not asked:
        raise FieldMissing("person")
    all_ = people.everybody(session, organisation_id)
    by_code = [person for person in all_ if asked in (person.code, f"{person.code} – {person.name}")]
    by_name = [person for person in all_ if plain(person.name) == plain(asked)]
    for found in (by_code, by_name):
        if len(found) == 1:
            return found[0]
    near = by_name or [person for person in all_ if plain(asked) in plain(person.name)] or all_
    known = "; ".join(f"{person.code} – {person.name}" for person in near[:5]) + ("; …" if len(near) > 5 else "")
    raise UnknownChoice("person", found=asked[:60], known=known or "–")
