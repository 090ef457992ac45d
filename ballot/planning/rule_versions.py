"""Versions of an organisation's own rule sets: checked, saved one after another, taken back; each act in the log.

Here lives the writing. Never here: a version that is overwritten, or what a text must look like (catalogue/).
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue import rule_text
from ballot.catalogue.rule_books import book, books, load, names
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.catalogue import RuleVersion
from ballot.models.registry.planning import Draft
from ballot.models.registry.rounds import Round
from ballot.planning.content import Content
from ballot.storage import writing
from tally.i18n import marked as _
from tally.i18n import said
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Refused
from tally.protocol.ruleset import VOTE, RuleSet


class RuleSetUnchanged(Refused):
    """A new version must differ from the one that holds."""

    code = "RULE_SET_UNCHANGED"
    text = _("Bộ quy tắc không khác bản đang dùng nên chưa ghi gì.")


class RuleSetMoved(Refused):
    """Somebody else saved a version since this form was opened."""

    code = "RULE_SET_MOVED"
    text = _("Trong lúc quý vị sửa đã có người ghi bản khác. Chưa có gì được ghi; xin xem khác biệt rồi gửi lại.")


class RuleSetExists(Refused):
    """A new rule set needs an id of its own."""

    code = "RULE_SET_EXISTS"
    text = _("Đã có bộ quy tắc mang mã {id}. Xin sửa bộ đó, hoặc đặt mã khác cho bộ mới; chưa có gì được ghi.")


class RuleSetInUse(Refused):
    """Something waits for it: nothing would hold in its place, or two persons have agreed to what it says now."""

    code = "RULE_SET_IN_USE"
    text = _("Chưa sửa hay rút được bộ quy tắc này: {users} đang dùng. Không có gì bị thay đổi.")


def checked(session: Session, organisation_id: int, typed: str, *, of: str) -> tuple[str, RuleSet]:
    """Return a typed text as it would be kept, and what it says; `of` is the id that is edited, empty for a new one.

    Raises BadRuleSet naming line and field, RuleSetExists.
    """
    clean = rule_text.tidy(typed)
    found = rule_text.read(clean, rule_set_id=of)
    known = names(session, organisation_id)
    if not of and found.id in known:
        raise RuleSetExists(id=found.id)
    named = found.vote_rules
    if named and not (named in known and load(session, organisation_id, named).kind == VOTE):
        reason = said(_("không có bộ quy tắc bỏ phiếu tín nhiệm mang mã {id}"), id=named)
        line = rule_text.line_of(clean, "vote_rules")
        place = said(_("Dòng {number}, trường {field}"), number=line, field="vote_rules")
        raise rule_text.BadRuleSet(place, reason=reason)
    return clean, found


def save(house: House, actor: Actor, typed: str, *, of: str, seen: int) -> str:
    """Put a text in place of the one that holds, or add a new rule set (`of` empty); return its id.

    `seen` is the newest version that its writer had before them. Raises BadRuleSet, RuleSetExists, RuleSetUnchanged,
    RuleSetMoved, NoSuchEntry; RuleSetInUse while a plan that two persons approved, or its round, is not sealed yet.
    """
    with writing(house.registry) as session:
        clean, found = checked(session, actor.organisation_id, typed, of=of)
        if of:
            now = book(session, actor.organisation_id, of)
            if now.newest != seen:
                raise RuleSetMoved("text")
            if now.text == clean:
                raise RuleSetUnchanged("text")
            if agreed := users(session, actor.organisation_id, of, agreed=True):
                raise RuleSetInUse(users="; ".join(agreed))
        subject = f"{found.id} {sha256_hex(clean.encode('utf-8'))[:16]}"
        _append(session, actor, found.id, clean, act="rule-set-save", subject=subject)
    return found.id


def take_back(house: House, actor: Actor, rule_set_id: str, *, seen: int) -> None:
    """End an organisation's own version: what ships holds again, or nothing; the versions stay.

    Raises RuleSetMoved, RuleSetUnchanged, RuleSetInUse, NoSuchEntry.
    """
    with writing(house.registry) as session:
        now = book(session, actor.organisation_id, rule_set_id)
        if now.newest != seen:
            raise RuleSetMoved("text")
        if not now.own:
            raise RuleSetUnchanged("text")
        if not now.shipped and (waiting := users(session, actor.organisation_id, rule_set_id)):
            raise RuleSetInUse(users="; ".join(waiting))
        _append(session, actor, rule_set_id, "", act="rule-set-back", subject=rule_set_id)


def _append(session: Session, actor: Actor, rule_set_id: str, text: str, *, act: str, subject: str) -> None:
    mine = {"organisation_id": actor.organisation_id, "rule_set": rule_set_id}
    session.add(RuleVersion(**mine, text=text, login=actor.login))
    audit.record(session, actor.organisation_id, actor=actor.login, act=act, subject=subject)


def users(session: Session, organisation_id: int, rule_set_id: str, *, agreed: bool = False) -> list[str]:
    """Return what follows the version that holds: rounds not sealed yet, open plans, ratings that lead to this vote.

    With `agreed` only plans that two persons have approved, and rounds that were made of one.
    """
    mine = select(Round).where(Round.organisation_id == organisation_id, Round.rule_set == rule_set_id)
    mine = mine.where(Round.plan.is_not(None)) if agreed else mine
    waiting = session.scalars(mine.where(Round.manifest.is_(None), Round.phase == "draft").order_by(Round.id))
    found = [said(_("đợt “{title}”"), title=row.title) for row in waiting]
    drafts = select(Draft).where(Draft.organisation_id == organisation_id, Draft.state != "made").order_by(Draft.id)
    drafts = drafts.where(Draft.approved.is_not(None)) if agreed else drafts
    for row in session.scalars(drafts):
        bases = [Content.parse(raw).basis for raw in (row.content, row.proposed) if raw]
        found += [said(_("kế hoạch “{title}”"), title=b.title) for b in bases if b and b.rule_set == rule_set_id][:1]
    if agreed:
        return found
    others = [each.rules for each in books(session, organisation_id) if each.rules.vote_rules == rule_set_id]
    return found + [said(_("bộ quy tắc {id}"), id=each.id) for each in others]
