"""Step 5: at which site (điểm cầu) each voter attends.

Here live its page and form. Never here: attendance.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ballot.planning.content import Content, Invited
from ballot.planning.electorate import sites_of
from ballot.planning.steps.look import UNIT, Form, Look, refuse, words
from ballot.vietnamese import alphabetical
from tally.i18n import marked as _

SITE, UNITS, GROUP, ALL = "site:", "unit:", "group:", "all:"


def shown(look: Look) -> dict[str, Any]:
    """Return the sites with their numbers, the voters, and the sets that may be moved at once."""
    voters = look.content.voters
    units = sorted({voter.unit for voter in voters if voter.unit}, key=alphabetical)
    groups = dict.fromkeys(group for voter in voters for group in voter.groups)
    return {"sites": sites_of(voters), "voters": voters, "units": units, "groups": list(groups)}


def changed(look: Look, form: Form) -> Content:
    """Return the draft with voters at other sites. Raises StepRefused, FieldTooLong, BadText."""
    electorate = look.content.electorate
    if electorate is None:
        raise refuse(_("Điểm cầu"), _("xin chọn thành phần ghi phiếu trước"))
    label = _("Điểm cầu")
    voters = [
        replace(voter, site=words(form, f"site-{voter.key}", voter.name, limit=UNIT, empty=True))
        if f"site-{voter.key}" in form
        else voter
        for voter in electorate.voters
    ]
    if which := form.get("many", ""):
        to = words(form, "many-to", label, limit=UNIT, empty=True)
        voters = [
            replace(v, site=to) if _is_one(old, which) else v for old, v in zip(electorate.voters, voters, strict=True)
        ]
    return replace(look.content, electorate=replace(electorate, voters=tuple(voters)))


def _is_one(voter: Invited, which: str) -> bool:
    """Say whether a voter belongs to the set that was chosen."""
    kind, colon, name = which.partition(":")
    held = {SITE: [voter.site], UNITS: [voter.unit], GROUP: list(voter.groups), ALL: [""]}
    return name in held.get(kind + colon, [])
