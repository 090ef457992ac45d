"""Drafts in the database: found by their organisation, saved under a revision, approved and changed by two accounts.

Here live the acts of one transaction each. Never here: what a step may hold (steps/), or a round (making.py).

While a draft is drafting, whoever saves changes it. Once it was approved a change of anything that the approval covers
is only proposed; it waits, for all to see, until another account confirms it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue.rule_books import shelf
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.accounts import Account
from ballot.models.registry.planning import Draft
from ballot.planning import completeness, differences, document
from ballot.planning.content import Content
from ballot.planning.errors import DraftMade, DraftMoved, NoSuchDraft, OwnProposal, PlanTextMoved, WrongDraftState
from ballot.storage import writing
from tally.protocol.encoding import canonical, decode, sha256_hex

DRAFTING, APPROVED, MADE = "drafting", "approved", "made"
LIMIT = 32 * 1024 * 1024
Change = Callable[[Session, Content], Content]


def find(session: Session, draft_id: int, organisation_id: int) -> Draft:
    """Return a draft; another organisation's is none. Raises NoSuchDraft. Source: threats H5."""
    found = session.scalar(select(Draft).where(Draft.id == draft_id, Draft.organisation_id == organisation_id))
    if found is None:
        raise NoSuchDraft()
    return found


def mine(session: Session, organisation_id: int) -> list[Draft]:
    """Return an organisation's drafts, newest first."""
    found = select(Draft).where(Draft.organisation_id == organisation_id).order_by(Draft.id.desc())
    return list(session.scalars(found))


def working(row: Draft) -> Content:
    """Return what the pages show: the proposed change where one waits, else the draft."""
    return Content.parse(row.proposed or row.content)


def standing(row: Draft) -> completeness.Standing:
    """Return how far approval is."""
    return completeness.Standing(
        submitted=row.state == DRAFTING and bool(row.proposed_by),
        approved=row.state != DRAFTING,
        pending=row.proposed is not None,
        made=row.state == MADE,
    )


def begin(session: Session, actor: Actor, content: Content) -> Draft:
    """Add a draft."""
    row = Draft(organisation_id=actor.organisation_id, uuid=secrets.token_hex(10), revision=1, state=DRAFTING)
    row.content, row.edited_by, row.round_uuid = content.encode(), actor.login, ""
    row.proposed, row.proposed_by, row.approved, row.approved_by = None, "", None, ""
    session.add(row)
    session.flush()
    _log(session, row, actor, "plan-begin", content.source)
    return row


def save(house: House, draft_id: int, actor: Actor, *, step: str, revision: int, change: Change) -> None:
    """Change a step, if nobody changed the draft since `revision`; after approval: propose the change.

    Raises NoSuchDraft, DraftMade, DraftMoved, and what `change` refuses; nothing is written then.
    """
    with writing(house.registry) as session:
        row = _open(session, draft_id, actor, revision)
        old = working(row)
        new = change(session, old)
        if new != old:
            _store(row, old, new, actor)
            _log(session, row, actor, "plan-propose-change" if row.proposed else "plan-save", step)


def _store(row: Draft, old: Content, new: Content, actor: Actor) -> None:
    covered = new.approved_part != old.approved_part
    if row.state == DRAFTING:
        row.content = new.encode()
        row.proposed_by = "" if covered else row.proposed_by  # what was submitted is no longer what stands here
    else:
        approved = Content.parse(row.content)
        if covered:
            again = new.approved_part == approved.approved_part
            row.proposed, row.proposed_by = (None, "") if again else (new.encode(), actor.login)
        elif row.proposed:
            row.proposed = new.encode()
        row.content = replace(approved, acknowledged=new.acknowledged, done=new.done).encode()
    row.revision += 1
    row.edited_by = actor.login


def discard(house: House, draft_id: int, actor: Actor, revision: int) -> None:
    """Throw a draft away that was never approved. Raises WrongDraftState, DraftMoved, NoSuchDraft."""
    with writing(house.registry) as session:
        row = _open(session, draft_id, actor, revision)
        if row.state != DRAFTING:
            raise WrongDraftState()
        _log(session, row, actor, "plan-discard")
        session.delete(row)


def submit(house: House, draft_id: int, actor: Actor, revision: int) -> None:
    """Ask for the approval of a draft that is complete. Raises DraftIncomplete, WrongDraftState, DraftMoved."""
    with writing(house.registry) as session:
        row = _open(session, draft_id, actor, revision)
        if row.state != DRAFTING:
            raise WrongDraftState()
        completeness.check_lists(working(row), shelf(session, row.organisation_id))
        row.proposed_by = actor.login
        row.revision += 1
        _log(session, row, actor, "plan-submit")


def approve(house: House, draft_id: int, actor: Actor, revision: int, *, seen: str) -> None:
    """Approve what another account submitted and `seen` is the digest of; the plan is kept as it stands now.

    Raises WrongDraftState, OwnProposal, DraftIncomplete, DraftMoved, PlanTextMoved.
    """
    with writing(house.registry) as session:
        row = _open(session, draft_id, actor, revision)
        if row.state != DRAFTING or not row.proposed_by:
            raise WrongDraftState()
        _another(row, actor)
        content = working(row)
        completeness.check_lists(content, shelf(session, row.organisation_id))
        row.state, row.approved_by = APPROVED, actor.login
        _check_seen(session, row, content, seen)
        row.approved = _plan(session, row, content, prepared_by=row.proposed_by, changes=[])
        row.proposed_by = ""
        row.revision += 1
        _log(session, row, actor, "plan-approve")


def confirm(house: House, draft_id: int, actor: Actor, revision: int, *, seen: str) -> None:
    """Confirm a change that another account proposed, whose text `seen` is the digest of.

    Raises WrongDraftState, OwnProposal, DraftIncomplete, DraftMoved, PlanTextMoved.
    """
    with writing(house.registry) as session:
        row = _open(session, draft_id, actor, revision)
        if row.proposed is None or row.approved is None:
            raise WrongDraftState()
        _another(row, actor)
        new, before = Content.parse(row.proposed), decode(row.approved, "plan", limit=LIMIT)
        completeness.check_lists(new, shelf(session, row.organisation_id))
        _check_seen(session, row, new, seen)
        told = differences.between(Content.parse(row.content), new, shelf(session, row.organisation_id))
        change = {"proposed_by": row.proposed_by, "confirmed_by": actor.login, "what": told}
        changes = [*before["changes"], change]
        row.approved = _plan(session, row, new, prepared_by=before["prepared_by"], changes=changes)
        row.content, row.proposed, row.proposed_by = new.encode(), None, ""
        row.revision += 1
        _log(session, row, actor, "plan-confirm-change")


def drop(house: House, draft_id: int, actor: Actor, revision: int) -> None:
    """Take back a submission, or refuse or take back a change: what was before stands again. Raises WrongDraftState."""
    with writing(house.registry) as session:
        row = _open(session, draft_id, actor, revision)
        if not row.proposed_by:
            raise WrongDraftState()
        _log(session, row, actor, "plan-drop-change" if row.proposed else "plan-take-back")
        row.proposed, row.proposed_by = None, ""
        row.revision += 1


def name_of(session: Session, organisation_id: int, login: str) -> str:
    """Return the name behind a login, or the login where there is no such account any more."""
    mine = select(Account.name).where(Account.organisation_id == organisation_id, Account.login == login)
    return session.scalar(mine) or login


def _open(session: Session, draft_id: int, actor: Actor, revision: int) -> Draft:
    row = find(session, draft_id, actor.organisation_id)
    if row.state == MADE:
        raise DraftMade()
    if row.revision != revision:
        raise DraftMoved(name=name_of(session, actor.organisation_id, row.edited_by))
    return row


def _another(row: Draft, actor: Actor) -> None:
    if actor.login == row.proposed_by:
        raise OwnProposal()


def digest_of_text(session: Session, organisation_id: int, content: Content) -> str:
    """Return what binds an approval to the text that was read."""
    return sha256_hex(document.text(session, organisation_id, content).encode("utf-8"))


def _check_seen(session: Session, row: Draft, content: Content, seen: str) -> None:
    if seen != digest_of_text(session, row.organisation_id, content):
        raise PlanTextMoved()


def _plan(session: Session, row: Draft, content: Content, *, prepared_by: str, changes: list[object]) -> bytes:
    """Return the approved plan as it goes into the round, byte for byte."""
    text = document.text(session, row.organisation_id, content)
    return canonical(
        {
            "draft": row.uuid,
            "prepared_by": prepared_by,
            "approved_by": row.approved_by,
            "text": text,
            "content": asdict(content.approved_part),
            "changes": changes,
        }
    )


def _log(session: Session, row: Draft, actor: Actor, act: str, more: str = "") -> None:
    subject = f"{row.uuid} {more}".rstrip()
    audit.record(session, actor.organisation_id, actor=actor.login, act=act, subject=subject)
