"""A round out of a draft: the real one once, in the transaction that closes the draft; rehearsals as often as wanted.

Here lives the translation of a draft into what life/rounds.py takes. Never here: the writing of a round.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue.rule_books import Shelf, shelf
from ballot.house import House
from ballot.life import rounds
from ballot.life.planned import Entitled, LeftOut, Planned, Rated, Settings
from ballot.log import audit
from ballot.models.registry.rounds import Round
from ballot.planning import completeness, document, drafts
from ballot.planning.content import EXEMPT, Basis, Content, Policy
from ballot.planning.errors import DraftIncomplete, DraftMade, DraftMoved, DraftNotApproved
from ballot.storage import writing
from tally.protocol.encoding import canonical, decode

TITLE_LIMIT = 400


def make(house: House, draft_id: int, actor: Actor, revision: int) -> str:
    """Make the round of an approved draft and return its uuid; two presses make one.

    Raises DraftNotApproved, DraftIncomplete, DraftMoved, DraftMade, NoSuchDraft, and what write_planned refuses.
    """
    with writing(house.registry) as session:
        row = drafts.find(session, draft_id, actor.organisation_id)
        if row.state == drafts.MADE:
            raise DraftMade()
        if row.revision != revision:
            raise DraftMoved(name=drafts.name_of(session, actor.organisation_id, row.edited_by))
        if row.state != drafts.APPROVED or row.proposed is not None:
            raise DraftNotApproved()
        content = drafts.working(row)
        books = shelf(session, actor.organisation_id)
        completeness.check_all(content, books)
        uuid = rounds.write_planned(session, of_draft(content, books, rehearsal=False, plan=row.approved), actor)
        row.state, row.round_uuid = drafts.MADE, uuid
        row.revision += 1
        audit.record(session, actor.organisation_id, actor=actor.login, act="plan-made", subject=f"{row.uuid} {uuid}")
    return uuid


def rehearse(house: House, draft_id: int, actor: Actor) -> str:
    """Make a rehearsal round of a draft whose lists are complete, and return its uuid; the draft stays as it is.

    Raises DraftIncomplete, NoSuchDraft.
    """
    with writing(house.registry) as session:
        row = drafts.find(session, draft_id, actor.organisation_id)
        content = drafts.working(row)
        books = shelf(session, actor.organisation_id)
        completeness.check_lists(content, books)
        text = document.text(session, actor.organisation_id, content)
        plan = canonical({"draft": row.uuid, "text": text, "content": asdict(content.approved_part)})
        return rounds.write_planned(session, of_draft(content, books, rehearsal=True, plan=plan), actor)


def of_draft(content: Content, books: Shelf, *, rehearsal: bool, plan: bytes | None) -> Planned:
    """Return a draft as what a round is made of. Raises DraftIncomplete where something is missing."""
    basis, policy, electorate = content.basis, content.policy, content.electorate
    if basis is None or policy is None or electorate is None or content.officials is None:
        completeness.check_lists(content, books)
        raise DraftIncomplete(missing="")
    settings = _settings(content, basis, policy, electorate.delegates, rehearsal=rehearsal, plan=plan)
    rated = [
        Rated(line.name, line.position, line.block, line.form, line.authority, line.person_id or None)
        for line in content.rated
    ]
    roll = [Entitled(v.code, v.name, v.unit, v.site, v.person_id or None) for v in electorate.voters]
    exempt = [LeftOut(x.name, x.position, x.reason, x.citation) for x in content.officials.of(EXEMPT)]
    return Planned(settings, rated, roll, exempt)


def _settings(
    content: Content, basis: Basis, policy: Policy, delegates: int, *, rehearsal: bool, plan: bytes | None
) -> Settings:
    title = f"Diễn tập: {basis.title}"[:TITLE_LIMIT].strip() if rehearsal else basis.title
    return Settings(
        title=title,
        body=basis.body,
        session=basis.session,
        date=basis.date,
        rule_set=basis.rule_set,
        rehearsal=rehearsal,
        delegates=delegates,
        committee_size=policy.committee_size,
        threshold=policy.threshold,
        minimum_ballots=policy.minimum_ballots,
        own_device=policy.own_device,
        disclosure=policy.disclosure,
        secrecy=policy.secrecy,
        complaint_minutes=policy.complaint_minutes,
        accepted_by=content.acknowledged.name if content.acknowledged else "",
        plan=plan,
    )


def rehearsals(session: Session, organisation_id: int, draft_uuid: str) -> list[Round]:
    """Return the rehearsals that were made of a draft, newest first."""
    mine = select(Round).where(Round.organisation_id == organisation_id, Round.rehearsal.is_(True))
    planned = session.scalars(mine.where(Round.plan.is_not(None)).order_by(Round.id.desc()))
    return [row for row in planned if plan_of(row).get("draft") == draft_uuid]


def plan_of(row: Round) -> dict[str, Any]:
    """Return the plan that a round was made by."""
    return dict(decode(row.plan or b"{}", "plan", limit=drafts.LIMIT))
