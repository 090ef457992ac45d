"""What the templates `chuc-danh` and `thanh-phan` say, as values: levels, standard posts, who fills in the ballots.

Here lives their reading. Never here: a level, a post or a group of voters; they are data (ballot/catalogue/national).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from ballot.catalogue import models_of_text
from ballot.catalogue.errors import UnknownChoice

STANDARDS, COMPOSITIONS = "chuc-danh", "thanh-phan"


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the system of organisations; bodies keep the key."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Standard:
    """A post of the national list: its title, others that count as equivalent, who manages it, where it stands.

    `certainty` is `seen` (in a source), `inferred` or `unseen` (to be compared with the text).
    """

    key: str
    level: str
    title: str
    equivalents: tuple[str, ...]
    authority: str
    block: str
    form: str
    rank: int
    certainty: str


@dataclass(frozen=True, slots=True)
class Composition:
    """Who fills in the ballots on some posts of a level under a rule set: a union of groups."""

    rule_set: str
    level: str
    posts: tuple[str, ...]
    groups: tuple[str, ...]
    certainty: str
    note: str


@lru_cache(maxsize=32)
def read_levels(text: str) -> tuple[Level, ...]:
    """Return the levels that a checked template `chuc-danh` names."""
    return tuple(Level(**entry) for entry in tomllib.loads(text)["levels"])


@lru_cache(maxsize=32)
def read_standards(text: str) -> tuple[Standard, ...]:
    """Return the posts that a checked template `chuc-danh` names, in its order."""
    return tuple(Standard(**_tuples(entry)) for entry in tomllib.loads(text)["positions"])


@lru_cache(maxsize=32)
def read_compositions(text: str) -> tuple[Composition, ...]:
    """Return the rows of a checked template `thanh-phan`, in its order."""
    return tuple(Composition(**_tuples(entry)) for entry in tomllib.loads(text)["compositions"])


def levels(session: Session, organisation_id: int) -> tuple[Level, ...]:
    """Return the levels of an organisation's template."""
    return read_levels(models_of_text.current(session, organisation_id, STANDARDS))


def standards(session: Session, organisation_id: int) -> tuple[Standard, ...]:
    """Return the standard posts of an organisation's template."""
    return read_standards(models_of_text.current(session, organisation_id, STANDARDS))


def compositions(session: Session, organisation_id: int) -> tuple[Composition, ...]:
    """Return who fills in ballots, by an organisation's template."""
    return read_compositions(models_of_text.current(session, organisation_id, COMPOSITIONS))


def voters_of(session: Session, organisation_id: int, *, rule_set: str, standard: str) -> Composition | None:
    """Return who fills in the ballots on a standard post under a rule set, or none where the template says nothing."""
    rows = compositions(session, organisation_id)
    return next((row for row in rows if row.rule_set == rule_set and standard in row.posts), None)


def level_key(session: Session, organisation_id: int, said: str) -> str:
    """Return the key of a level that was given by key or name. Raises UnknownChoice."""
    known = levels(session, organisation_id)
    asked = said.strip().casefold()
    for level in known:
        if asked in (level.key.casefold(), level.name.casefold()):
            return level.key
    raise UnknownChoice("level", found=said.strip()[:60], known="; ".join(level.name for level in known))


def standard_key(session: Session, organisation_id: int, said: str, *, level: str = "") -> str:
    """Return the key of a standard post that was given by key, title or equivalent; nothing stays nothing.

    Where several levels have a post of that title, `level` decides. Raises UnknownChoice.
    """
    asked = said.strip().casefold()
    if not asked:
        return ""
    known = standards(session, organisation_id)
    named = [s for s in known if asked in (s.key.casefold(), s.title.casefold(), *map(str.casefold, s.equivalents))]
    named.sort(key=lambda s: (s.key.casefold() != asked, s.level != level))
    if not named:
        near = "; ".join(s.title for s in known if s.level == level) or "; ".join(s.title for s in known)
        raise UnknownChoice("standard", found=said.strip()[:60], known=near[:600])
    return named[0].key


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
