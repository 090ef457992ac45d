"""The rule sets of an organisation: those that ship with the program, and its own beside them or in their place.

Here lives which one holds. Never here: the writing of a version (ballot/planning), or a change to a sealed round: its
rule set stands in its manifest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ballot.catalogue import rule_text
from ballot.catalogue.errors import NoSuchEntry
from ballot.models.registry.catalogue import RuleVersion
from ballot.models.registry.rounds import Round
from tally import rules
from tally.protocol.manifest import Manifest
from tally.protocol.ruleset import RuleSet
from tally.rules import UnknownRuleSet


@dataclass(frozen=True, slots=True)
class Book:
    """A rule set as it holds in an organisation, with its text.

    `own`: the organisation's text holds; `shipped`: the program has one of this id; `newest` is the id of the newest
    version (0: never one), `login` who wrote the one that holds.
    """

    rules: RuleSet
    text: str
    own: bool
    shipped: bool
    newest: int
    login: str


class Shelf(Protocol):
    """Where rule sets are found by id: an organisation's (`shelf`), or those that ship: the module tally.rules."""

    def names(self) -> list[str]:
        """Return the ids, sorted."""

    def load(self, rule_set_id: str, /) -> RuleSet:
        """Return one. Raises UnknownRuleSet."""


@dataclass(frozen=True, slots=True)
class _Own:
    session: Session
    organisation_id: int

    def names(self) -> list[str]:
        return names(self.session, self.organisation_id)

    def load(self, rule_set_id: str, /) -> RuleSet:
        return load(self.session, self.organisation_id, rule_set_id)


def shelf(session: Session, organisation_id: int) -> Shelf:
    """Return an organisation's rule sets as one value, for what asks for them by id."""
    return _Own(session, organisation_id)


def names(session: Session, organisation_id: int) -> list[str]:
    """Return the ids of the rule sets that hold in an organisation, sorted."""
    newest = select(func.max(RuleVersion.id)).where(RuleVersion.organisation_id == organisation_id)
    held = select(RuleVersion.rule_set).where(RuleVersion.id.in_(newest.group_by(RuleVersion.rule_set)))
    return sorted({*rules.names(), *session.scalars(held.where(RuleVersion.text != ""))})


def load(session: Session, organisation_id: int, rule_set_id: str) -> RuleSet:
    """Return the rule set that holds under an id. Raises UnknownRuleSet."""
    newest = session.scalar(_newest_first(organisation_id, rule_set_id).limit(1))
    if newest is not None and newest.text:
        return _read(newest.text)
    if rule_set_id not in rules.names():
        raise UnknownRuleSet(rule_set_id, known=", ".join(names(session, organisation_id)))
    return rules.load(rule_set_id)


def of_round(session: Session, row: Round) -> RuleSet:
    """Return the rules of a round: sealed in its manifest, before that what holds now. Raises UnknownRuleSet."""
    return _sealed(row.manifest) if row.manifest else load(session, row.organisation_id, row.rule_set)


@lru_cache(maxsize=64)
def _read(text: str) -> RuleSet:
    return rules.read_text(text, rule_text.WHOLE)


@lru_cache(maxsize=64)
def _sealed(manifest: bytes) -> RuleSet:
    """Read the rules of a manifest, which desks ask for with every voter."""
    return Manifest.parse(manifest).rules


def books(session: Session, organisation_id: int) -> list[Book]:
    """Return every rule set that holds, the newest law first."""
    found = [book(session, organisation_id, name) for name in names(session, organisation_id)]
    return sorted(found, key=lambda each: each.rules.date, reverse=True)


def book(session: Session, organisation_id: int, rule_set_id: str) -> Book:
    """Return one rule set with its text. Raises NoSuchEntry."""
    shipped = rule_set_id in rules.names()
    newest = session.scalar(_newest_first(organisation_id, rule_set_id).limit(1))
    own = newest is not None and bool(newest.text)
    if not own and not shipped:
        raise NoSuchEntry("id")
    text = newest.text if newest is not None and own else rules.source(rule_set_id)
    number, login = (newest.id, newest.login) if newest is not None else (0, "")
    return Book(load(session, organisation_id, rule_set_id), text, own, shipped, number, login if own else "")


def versions(session: Session, organisation_id: int, rule_set_id: str) -> list[RuleVersion]:
    """Return an organisation's versions of a rule set, newest first; an empty text: it was taken back."""
    return list(session.scalars(_newest_first(organisation_id, rule_set_id)))


def replaced_by(books_: list[Book], rule_set_id: str) -> list[RuleSet]:
    """Return the rule sets that say they replace this one."""
    return [each.rules for each in books_ if rule_set_id in each.rules.replaces]


def _newest_first(organisation_id: int, rule_set_id: str) -> Select[Any]:
    mine = select(RuleVersion).where(RuleVersion.organisation_id == organisation_id)
    return mine.where(RuleVersion.rule_set == rule_set_id).order_by(RuleVersion.id.desc())
