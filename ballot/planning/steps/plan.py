"""Step 7: the plan (kế hoạch) as text, from the template with every fact filled in, until somebody edits it.

Here live its page and form. Never here: its approval (drafts.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ballot.planning import document
from ballot.planning.content import Content
from ballot.planning.steps.look import Form, Look, refuse
from tally.i18n import marked as _
from tally.protocol.composing import composed
from tally.protocol.encoding import text
from tally.protocol.errors import BadText

AGAIN = "again"
"""The button that writes the plan anew from the template."""


def shown(look: Look) -> dict[str, Any]:
    """Return the text, whether it was edited, and whether it then still says what the template would."""
    generated = document.generated(look.session, look.organisation_id, look.content)
    mine = look.content.text
    return {"text": mine or generated, "edited": bool(mine), "differs": bool(mine) and mine != generated}


def changed(look: Look, form: Form) -> Content:
    """Return the draft with another text; one that is as generated follows the facts again. Raises StepRefused."""
    generated = document.generated(look.session, look.organisation_id, look.content)
    if form.get("then") == AGAIN:
        return replace(look.content, text="")
    typed = clean(form.get("text", ""))
    return replace(look.content, text="" if typed == clean(generated) else typed)


def clean(typed: str) -> str:
    """Return a plan's text in NFC, one kind of line end, no blank there. Raises StepRefused naming it, BadText."""
    normal = composed(typed, "text").replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    lines = [line.rstrip() for line in normal.split("\n")]
    whole = "\n".join(lines).strip("\n")
    if len(whole) > document.LONGEST:
        raise refuse(_("Văn bản kế hoạch"), _("dài quá {limit} ký tự"), limit=document.LONGEST)
    for number, line in enumerate(lines, start=1):
        try:
            text(line.strip(), "line", empty=True, limit=document.LONGEST)
        except BadText:
            raise refuse(_("Văn bản kế hoạch"), _("dòng {number} có ký tự không nhìn thấy"), number=number) from None
    return whole
