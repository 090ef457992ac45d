"""Step 8: what to know before the round is made: warnings, chances, deadlines; who acknowledged them.

Here live its page and form. Never here: the making of the round (making.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ballot.planning import advice, bases, chances, completeness, deadlines, making
from ballot.planning.content import Acknowledged, Content
from ballot.planning.steps.look import NAME, Form, Look, words
from tally.i18n import marked as _
from tally.protocol.manifest import SMALL_ELECTORATE, SMALLEST_ROLL


def shown(look: Look) -> dict[str, Any]:
    """Return the warnings, the table of chances of this very round, the checklist, the rehearsals there were."""
    content = look.content
    voters, officials = len(content.voters), len(content.rated)
    return {
        "warnings": advice.warnings(look.session, look.organisation_id, content, look.today),
        "chances": chances.table(voters=voters, officials=officials),
        "percent": chances.percent,
        "small": SMALLEST_ROLL <= voters < completeness.SHOWN_BELOW,
        "by_name": SMALLEST_ROLL <= voters < SMALL_ELECTORATE,
        "needs": completeness.needs_acknowledgement(content),
        "due": _due(look),
        "limits": advice.LIMITS,
        "verify": bases.load(look.shelf, content.basis.rule_set).rules.verify if content.basis else (),
        "rehearsals": making.rehearsals(look.session, look.organisation_id, look.draft_uuid),
    }


def _due(look: Look) -> list[deadlines.Due]:
    basis = look.content.basis
    if basis is None:
        return []
    legal = bases.load(look.shelf, basis.rule_set)
    return deadlines.checklist(legal.rules.deadlines, basis.date, look.today, look.content.done)


def changed(look: Look, form: Form) -> Content:
    """Return the draft with ticks of the checklist, and the acknowledgement where one was given. Raises BadText."""
    content = look.content
    known = {due.deadline.key for due in _due(look)}
    done = tuple(key for key in dict.fromkeys(form.getlist("done")) if key in known)
    if "acknowledge" in form or form.get("accepted_by", "").strip():
        name = words(form, "accepted_by", _("Họ tên người xác nhận"), limit=NAME)
        numbers = {"voters": len(content.voters), "officials": len(content.rated)}
        return replace(content, done=done, acknowledged=Acknowledged(name, **numbers))
    return replace(content, done=done)
