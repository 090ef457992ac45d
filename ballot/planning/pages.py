"""A page of the wizard as values: the step's own, the side list, what waits for a second person, what was typed.

Here lives the reading for one page. Never here: HTML, or a write.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue.rule_books import Shelf, shelf
from ballot.house import House
from ballot.models.registry.planning import Draft
from ballot.models.registry.rounds import Round
from ballot.planning import cloning, completeness, differences, drafts
from ballot.planning.content import Content
from ballot.planning.errors import DraftMoved
from ballot.planning.steps.look import Form, Look
from ballot.planning.steps.order import STEPS
from ballot.planning.wording import STATE_WORDS
from ballot.storage import reading
from tally.protocol.errors import Refused


@dataclass(frozen=True, slots=True)
class Entry:
    """A step in the side list: what it lacks, in words; nothing: complete."""

    slug: str
    title: str
    lacks: list[str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A draft in the list of drafts: what it is called, how far it is, how many steps are complete."""

    draft: Draft
    content: Content
    state: str
    complete: int


def overview(house: House, actor: Actor) -> dict[str, Any]:
    """Return an organisation's drafts, and the rounds that may be cloned."""
    with reading(house.registry) as session:
        rows = drafts.mine(session, actor.organisation_id)
        rounds = cloning.rounds_of(session, actor.organisation_id)
        books = shelf(session, actor.organisation_id)
        return {"drafts": [_listed(row, books) for row in rows], "rounds": rounds, "steps": len(STEPS)}


def _listed(row: Draft, books: Shelf) -> Listed:
    content = drafts.working(row)
    lacks = completeness.missing(content, drafts.standing(row), books)
    return Listed(row, content, STATE_WORDS[row.state], sum(not each for each in lacks.values()))


def page(
    house: House,
    draft_id: int,
    slug: str,
    actor: Actor,
    today: date,
    *,
    typed: Form | None = None,
    error: Refused | None = None,
) -> dict[str, Any]:
    """Return the values of a step's page; after a refusal with what was typed and, where others saved, what differs.

    Raises NoSuchDraft.
    """
    with reading(house.registry) as session:
        row = drafts.find(session, draft_id, actor.organisation_id)
        content = drafts.working(row)
        look = Look(session, actor.organisation_id, content, today, house.issuers, row.uuid)
        lacks = completeness.missing(content, drafts.standing(row), look.shelf)
        moved = isinstance(error, DraftMoved) and typed is not None
        return {
            **STEPS[slug].shown(look),
            "draft": row,
            "text_seen": drafts.digest_of_text(session, actor.organisation_id, content),
            "content": content,
            "step": STEPS[slug],
            "side": [Entry(step.slug, step.title, lacks[step.slug]) for step in STEPS.values()],
            "waiting": _waiting(session, row, actor),
            "error": error,
            "overwritten": _overwritten(look, slug, typed) if moved else [],
            "field": _field(typed),
            "ticked": _ticked(typed),
            "round": _round_of(session, row),
            "state": STATE_WORDS[row.state],
            "names": {login: drafts.name_of(session, actor.organisation_id, login) for login in _logins(row)},
        }


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a second person: an approval, or a change (told in sentences); `own`: this very person asked."""

    change: bool
    told: list[str]
    by: str
    own: bool


def _waiting(session: Session, row: Draft, actor: Actor) -> Waiting | None:
    if not row.proposed_by or row.state == drafts.MADE:
        return None
    books = shelf(session, actor.organisation_id)
    told = differences.between(Content.parse(row.content), Content.parse(row.proposed), books) if row.proposed else []
    by = drafts.name_of(session, actor.organisation_id, row.proposed_by)
    return Waiting(row.proposed is not None, told, by, row.proposed_by == actor.login)


def _overwritten(look: Look, slug: str, typed: Form | None) -> list[str]:
    """Return what would change in the draft of now if what was typed were saved; nothing where it cannot be."""
    if typed is not None:
        with suppress(Refused):
            return differences.of_facts(look.content, STEPS[slug].changed(look, typed), look.shelf)
    return []


def _round_of(session: Session, row: Draft) -> Round | None:
    return cloning.own_round(session, row.round_uuid, row.organisation_id) if row.round_uuid else None


def _logins(row: Draft) -> set[str]:
    return {row.edited_by, row.approved_by} - {""}


def _field(typed: Form | None) -> Callable[[str, Any], Any]:
    """Return the value of a field: as it was typed, where a form came back with it, else as the draft has it."""

    def value(name: str, saved: Any = "") -> Any:
        return saved if typed is None else typed.get(name, saved)

    return value


def _ticked(typed: Form | None) -> Callable[[str, str, bool], bool]:
    """Say whether a box is ticked, likewise."""
    return lambda name, value, saved: saved if typed is None else value in typed.getlist(name)
