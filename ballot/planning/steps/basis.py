"""Step 1: the rule set by number and date, the title, the session, its day, the body.

Here live its page and form. Never here: what is rated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from ballot.catalogue import bodies, fields
from ballot.catalogue.lineage import Lineage
from ballot.catalogue.rule_fit import on_paper_only, unfit
from ballot.models.registry.catalogue import Body
from ballot.planning import bases
from ballot.planning.content import Basis, Content
from ballot.planning.steps.look import Form, Look, refuse, words
from ballot.planning.trees import in_tree_order
from ballot.vietnamese import alphabetical, vndate
from tally.i18n import marked as _
from tally.i18n import translate

DAY = _("Ngày")


def shown(look: Look) -> dict[str, Any]:
    """Return the rule sets, those in force today first; and every body with its lifetime, those below others after."""
    query = select(Body).where(Body.organisation_id == look.organisation_id)
    found = sorted(look.session.scalars(query), key=lambda b: (b.until or "9999", alphabetical(b.name)))
    books, today = bases.all_of_them(look.shelf), look.today.isoformat()
    return {
        "legal": [legal for legal in books if legal.in_force(today)],
        "others": [legal for legal in books if not legal.in_force(today)],
        "bodies": _tree(look, found),
        "on_paper_only": on_paper_only,
    }


def _tree(look: Look, found: list[Body]) -> list[tuple[Body, int]]:
    """Return bodies with their depth, each under the body above it; what has none on top stands first."""
    lineage = Lineage.of(look.session, look.organisation_id)
    above = {body.id: parent.id if (parent := lineage.parent_on(body)) else None for body in found}

    return in_tree_order(found, above, None)


def changed(look: Look, form: Form) -> Content:
    """Return the draft with another basis.

    Raises UnknownRuleSet, BadDay, FieldMissing, FieldTooLong, BadText, and StepRefused where the rule set or the body
    does not hold on the day.
    """
    title = words(form, "title", _("Tên đợt"))
    session = words(form, "session", _("Hội nghị, kỳ họp"), empty=True)
    day = fields.day(form.get("date", ""), translate(DAY))
    legal = bases.load(look.shelf, form.get("rule_set", ""))
    if reason := unfit(legal.rules, day):
        raise refuse(_("Căn cứ"), reason)
    body = _body(look, form.get("body", ""), day)
    return replace(look.content, basis=Basis(legal.rules.id, title, session, day, body.id, body.name))


def _body(look: Look, typed: str, day: str) -> Body:
    where = _("Cơ quan, tổ chức")
    body = fields.own(look.session, Body, fields.id_of(typed, translate(where)), look.organisation_id)
    alive = {b.id: b for b in bodies.alive(look.session, look.organisation_id, day)}
    named = Lineage.of(look.session, look.organisation_id).named_on(body.id, day)
    if named is None or named.id not in alive:
        raise refuse(where, _("“{name}” không có vào ngày {day}"), name=body.name, day=vndate(day))
    return named
