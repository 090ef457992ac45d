"""Step 6: the committee's size and threshold, own device, disclosure, least number of ballots, secrecy, complaints.

Here live its page and form. Never here: a member's name or key (ballot/committee/seats.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ballot.planning import bases
from ballot.planning.content import Content, Policy
from ballot.planning.steps.look import Form, Look, number, refuse
from ballot.planning.wording import DISCLOSURE_WORDS, SECRECY_MARKS
from tally.i18n import marked as _
from tally.i18n import said, translate
from tally.protocol.incident import MOST_MINUTES
from tally.protocol.manifest import DISCLOSURES, MINIMUM_BALLOTS
from tally.protocol.messages import MAX_TRUSTEES

MOST_BALLOTS = 10_000
MINUTES = _("Số phút để tra cứu và khiếu nại, từ khi chốt đến khi giải mã")


def shown(look: Look) -> dict[str, Any]:
    """Return the policy as it stands or is proposed by the rule set, with advice on the numbers."""
    policy = look.content.policy or _proposed(look)
    return {
        "policy": policy,
        "issuers": look.issuers,
        "disclosures": DISCLOSURE_WORDS,
        "marks": SECRECY_MARKS,
        "most": MAX_TRUSTEES,
        "least": MINIMUM_BALLOTS,
        "longest": MOST_MINUTES,
        "advice": advice(policy),
    }


def _proposed(look: Look) -> Policy:
    basis = look.content.basis
    return Policy(disclosure=bases.proposed_disclosure(look.shelf, basis.rule_set if basis else ""))


def advice(policy: Policy) -> list[str]:
    """Return in plain words what a committee of this size and threshold means."""
    size, enough = policy.committee_size, policy.threshold
    absent = size - enough
    told = [
        said(_("Cần {enough} trong {size} thành viên cùng có mặt mới mở được kết quả."), enough=enough, size=size),
        said(_("Vắng hoặc mất khóa đến {absent} người vẫn kiểm phiếu được."), absent=absent)
        if absent
        else translate(_("Vắng hoặc mất khóa một người là không bao giờ mở được kết quả.")),
        said(_("Nếu {enough} người thông đồng thì đọc được bản mã; số này càng lớn càng khó."), enough=enough),
    ]
    if enough == 1:
        told.append(translate(_("Một người giữ một mình: không còn là ban kiểm phiếu. Chỉ nên dùng khi diễn tập.")))
    return told


def changed(look: Look, form: Form) -> Content:
    """Return the draft with another policy. Raises StepRefused."""
    size = number(form, "committee_size", _("Số thành viên ban kiểm phiếu giữ khóa"), 1, MAX_TRUSTEES)
    enough = number(form, "threshold", _("Số thành viên cần để mở kết quả"), min(2, size), size)
    least = number(form, "minimum_ballots", _("Số phiếu tối thiểu để mở kết quả"), MINIMUM_BALLOTS, MOST_BALLOTS)
    disclosure, secrecy = form.get("disclosure", ""), form.get("secrecy", "")
    if disclosure not in DISCLOSURES:
        raise refuse(_("Công khai kết quả"), _("xin chọn một trong hai mức"))
    if secrecy not in SECRECY_MARKS:
        raise refuse(_("Độ mật"), _("không có mức này"))
    wait = number(form, "complaint_minutes", MINUTES, 0, MOST_MINUTES)
    policy = Policy(size, enough, least, "own_device" in form, disclosure, secrecy, wait)
    return replace(look.content, policy=policy)
