"""What changed between two drafts, told in sentences that two people can agree on.

Here lives the comparison. Never here: a decision which of the two is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ballot.catalogue.rule_books import Shelf
from ballot.planning.content import Content, Invited, Line, Officials
from ballot.planning.wording import DECISION_WORDS, DISCLOSURE_WORDS, yes_no
from ballot.vietnamese import vndate
from tally.i18n import marked as _
from tally.i18n import said, translate

NOTHING = "–"
BASIS_NAMES = {
    "rule_set": _("Căn cứ"), "title": _("Tên đợt"), "session": _("Hội nghị, kỳ họp"), "date": _("Ngày"),
    "body": _("Cơ quan, tổ chức"),
}  # fmt: skip
POLICY_NAMES = {
    "committee_size": _("Số thành viên ban kiểm phiếu giữ khóa"),
    "threshold": _("Số thành viên cần để mở kết quả"),
    "minimum_ballots": _("Số phiếu tối thiểu để mở kết quả"),
    "own_device": _("Thiết bị riêng"), "disclosure": _("Công khai kết quả"), "secrecy": _("Độ mật"),
    "complaint_minutes": _("Số phút để tra cứu và khiếu nại, từ khi chốt đến khi giải mã"),
}  # fmt: skip


def between(old: Content, new: Content, shelf: Shelf) -> list[str]:
    """Return what an approval covers and differs, a sentence each; nothing: the same."""
    told = of_facts(old, new, shelf)
    if old.text != new.text:
        told.append(translate(_("Văn bản kế hoạch: lời văn đã đổi")))
    elif told and new.text:
        told.append(translate(_("Văn bản kế hoạch đã sửa tay nên giữ nguyên lời: cần xem các con số trong đó")))
    elif told and not new.text:
        told.append(translate(_("Văn bản kế hoạch: lập lại theo số liệu mới")))
    return told


def of_facts(old: Content, new: Content, shelf: Shelf) -> list[str]:
    """Return what differs besides the text of the plan; `shelf` knows the numbers of rule sets."""
    told = [*_fields(old.basis, new.basis, BASIS_NAMES, shelf), *_officials(old, new), *_electorate(old, new)]
    return [*told, *_fields(old.policy, new.policy, POLICY_NAMES, shelf)]


def _fields(old: Any, new: Any, names: dict[str, str], shelf: Shelf) -> Iterator[str]:
    for field, name in names.items():
        before, after = (_shown(field, getattr(value, field, None), shelf) for value in (old, new))
        if before != after:
            yield said(_("{field}: {before} → {after}"), field=translate(name), before=before, after=after)


def _shown(field: str, value: Any, shelf: Shelf) -> str:
    if value is None or value == "":
        return NOTHING
    if field == "rule_set":
        return shelf.load(value).number if value in shelf.names() else str(value)
    if field == "date":
        return vndate(value)
    if field == "disclosure":
        return translate(DISCLOSURE_WORDS[value])
    return yes_no(value) if isinstance(value, bool) else str(value)


def of_officials(old: Officials | None, new: Officials | None) -> list[str]:
    """Return what differs between two lists of officials."""
    return list(_lines(old, new))


def _officials(old: Content, new: Content) -> Iterator[str]:
    yield from _lines(old.officials, new.officials)
    was, now = ([line.key for line in content.rated] for content in (old, new))
    if [key for key in was if key in now] != [key for key in now if key in was]:
        yield translate(_("Thứ tự trên phiếu đã đổi"))


def _lines(old: Officials | None, new: Officials | None) -> Iterator[str]:
    before, after = ({line.key: line for line in (each.lines if each else ())} for each in (old, new))
    for key in (key for key in after if key not in before):
        line = after[key]
        decision = translate(DECISION_WORDS[line.decision])
        yield said(_("Thêm {name} ({position}): {decision}"), name=line.name, position=line.position, decision=decision)
    for key in (key for key in before if key not in after):
        yield said(_("Không còn {name} ({position})"), name=before[key].name, position=before[key].position)
    for key in (key for key in after if key in before):
        yield from _line(before[key], after[key])


def _line(old: Line, new: Line) -> Iterator[str]:
    pairs = (
        (_("{name}: quyết định {before} → {after}"), *(translate(DECISION_WORDS[x.decision]) for x in (old, new))),
        (_("{name}: họ tên {before} → {after}"), old.name, new.name),
        (_("{name}: chức vụ {before} → {after}"), old.position, new.position),
        (_("{name}: cấp quản lý {before} → {after}"), old.authority, new.authority),
        (_("{name}: lý do {before} → {after}"), _reason(old), _reason(new)),
        (_("{name}: loại phiếu {before} → {after}"), old.form, new.form),
        (_("{name}: khối {before} → {after}"), old.block, new.block),
    )
    for sentence, before, after in pairs:
        if before != after:
            yield said(sentence, name=new.name, before=before or NOTHING, after=after or NOTHING)


def _reason(line: Line) -> str:
    return f"{line.reason} ({line.citation})" if line.citation else line.reason


def _electorate(old: Content, new: Content) -> Iterator[str]:
    before, after = ({voter.key: voter for voter in content.voters} for content in (old, new))
    came = [after[key].name for key in after if key not in before]
    went = [before[key].name for key in before if key not in after]
    if came:
        yield said(_("Thêm {count} người ghi phiếu: {names}"), count=len(came), names=", ".join(came))
    if went:
        yield said(_("Bớt {count} người ghi phiếu: {names}"), count=len(went), names=", ".join(went))
    for key in (key for key in after if key in before):
        yield from _voter(before[key], after[key])
    was, now = (c.electorate.delegates if c.electorate else None for c in (old, new))
    if was != now:
        yield from [said(_("Tổng số đại biểu (thành viên): {before} → {after}"), before=was or NOTHING, after=now)]


def _voter(old: Invited, new: Invited) -> Iterator[str]:
    pairs = (
        (_("{name}: điểm cầu {before} → {after}"), old.site, new.site),
        (_("{name}: họ tên {before} → {after}"), old.name, new.name),
        (_("{name}: đơn vị {before} → {after}"), old.unit, new.unit),
        (_("{name}: mã {before} → {after}"), old.code, new.code),
    )
    for sentence, before, after in pairs:
        if before != after:
            yield said(sentence, name=new.name, before=before or NOTHING, after=after or NOTHING)
