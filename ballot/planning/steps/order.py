"""The eight steps in their order, by the names that addresses and forms use.

Here lives the table. Never here: a page of any step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ballot.planning import completeness as name
from ballot.planning.content import Content
from ballot.planning.steps import ballot, basis, check, officials, plan, policy, sites, voters
from ballot.planning.steps.look import Form, Look
from tally.i18n import marked as _


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name in addresses, its title, its template, its page's values and its form."""

    slug: str
    title: str
    template: str
    shown: Callable[[Look], dict[str, Any]]
    changed: Callable[[Look, Form], Content]


STEPS = {
    step.slug: step
    for step in (
        Step(name.BASIS, _("Căn cứ, ngày, cơ quan"), "basis", basis.shown, basis.changed),
        Step(name.OFFICIALS, _("Người được lấy phiếu"), "officials", officials.shown, officials.changed),
        Step(name.BALLOT, _("Khối, loại phiếu, thứ tự"), "ballot", ballot.shown, ballot.changed),
        Step(name.VOTERS, _("Người ghi phiếu"), "voters", voters.shown, voters.changed),
        Step(name.SITES, _("Điểm cầu"), "sites", sites.shown, sites.changed),
        Step(name.POLICY, _("Ban kiểm phiếu, công khai"), "policy", policy.shown, policy.changed),
        Step(name.PLAN, _("Văn bản kế hoạch, phê duyệt"), "plan", plan.shown, plan.changed),
        Step(name.CHECK, _("Kiểm tra, lập đợt"), "check", check.shown, check.changed),
    )
}


def after(slug: str) -> str:
    """Return the step that follows, or the last one itself."""
    slugs = list(STEPS)
    return slugs[min(slugs.index(slug) + 1, len(slugs) - 1)]
