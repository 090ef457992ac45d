"""Whether an electronic round may be held by a rule set on a day, and if not, why: a sentence for people.

Here lives that one decision. Never here: a rule of any law, or the choice of a rule set.
"""

from __future__ import annotations

from ballot.vietnamese import vndate
from tally.i18n import marked as _
from tally.i18n import said
from tally.protocol.errors import Refused
from tally.protocol.ruleset import RuleSet


class RulesUnfit(Refused):
    """A round cannot be held by these rules, or not on this day."""

    code = "RULES_UNFIT"
    text = _("{reason}. Chưa có gì được ghi.")


def on_paper_only(rules: RuleSet) -> str:
    """Say why these rules cannot be followed by encrypted ballots, of which none is ever opened; nothing: they can."""
    if not rules.bad_line_voids_ballot:
        return ""
    sentence = _(
        "{number} coi cả phiếu là không hợp lệ khi một dòng ghi sai; phiếu mã hóa không bao giờ được mở riêng từng tờ "
        "nên không loại cả phiếu được: bộ quy tắc này chỉ dùng cho phiếu giấy"
    )
    return said(sentence, number=rules.number)


def unfit(rules: RuleSet, day: str) -> str:
    """Say why no electronic round can be held by these rules on a day; nothing: it can. The last day counts."""
    if rules.effective_from <= day and (not rules.effective_to or day <= rules.effective_to):
        return on_paper_only(rules)
    sentence = _("{number} không có hiệu lực vào ngày {day} (có hiệu lực từ {since}{until})")
    until = f" – {vndate(rules.effective_to)}" if rules.effective_to else ""
    return said(sentence, number=rules.number, day=vndate(day), since=vndate(rules.effective_from), until=until)


def check_fit(rules: RuleSet, day: str) -> None:
    """Refuse rules by which no electronic round can be held on a day. Raises RulesUnfit."""
    if reason := unfit(rules, day):
        raise RulesUnfit(reason=reason)
