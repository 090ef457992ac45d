"""The plan (kế hoạch) as a document: the organisation's template with every fact of the draft filled in.

Here lives the wording of facts, in Vietnamese as the document is. Never here: a fact that the draft does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from ballot.catalogue import models_of_text
from ballot.catalogue.checked_text import fill
from ballot.catalogue.rule_books import load
from ballot.planning.content import EXEMPT, Content, Electorate, Policy
from ballot.planning.electorate import sites_of
from ballot.vietnamese import vndate
from tally.protocol.ruleset import PARTY, PUBLIC, RuleSet

TEMPLATE = "ke-hoach"
DOTS = "……"
LONGEST = 200_000
TITLE, CHAPTER, HEADING, ITEM, WORDS, GAP = "title", "chapter", "heading", "item", "words", "gap"


def text(session: Session, organisation_id: int, content: Content) -> str:
    """Return the plan: as somebody edited it, else the template with the facts of now."""
    return content.text or generated(session, organisation_id, content)


def generated(session: Session, organisation_id: int, content: Content) -> str:
    """Return the organisation's template with the facts of now."""
    found = load(session, organisation_id, content.basis.rule_set) if content.basis else None
    return fill(models_of_text.current(session, organisation_id, TEMPLATE), facts(content, found))


def facts(content: Content, found: RuleSet | None) -> dict[str, str]:
    """Return what stands in each place of the template; dots where the draft, `found` by its rules, does not say it."""
    basis = content.basis
    return {
        "ten_dot": (basis and basis.title) or DOTS,
        "co_quan": (basis and basis.body) or DOTS,
        "ky_hop": (basis and basis.session) or DOTS,
        "ngay": vndate(basis.date) if basis else DOTS,
        "can_cu": found.title if found else DOTS,
        "so_nguoi": str(len(content.rated)) if content.officials else DOTS,
        "nguoi_duoc_lay_phieu": _lines(_rated(content)),
        "nguoi_duoc_mien": _lines(_exempt(content), nobody="Không có."),
        "so_cu_tri": str(len(content.voters)) if content.electorate else DOTS,
        "thanh_phan": _lines(_composition(content.electorate)),
        "diem_cau": _lines(_sites(content), nobody="Một điểm, tại nơi họp."),
        "moc_thoi_gian": _lines(_deadlines(found, basis.date if basis else "")),
        "ban_kiem_phieu": _committee(content.policy),
        "cong_bo": _disclosure(content.policy),
        "tieu_chi": _lines(_criteria(found)),
    }


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a plan on paper: the body, its number still open, and the Party's or the nation's lines."""

    body: str
    number: str
    right: tuple[str, ...]
    party: bool


def heading(rules: RuleSet, body: str) -> Heading:
    """Return the heading of a document under these rules. Source: HD 36-HD/VPTW; Nghị định 30/2020/NĐ-CP."""
    if rules.layout == PARTY:
        return Heading(body, "Số        -KH", ("ĐẢNG CỘNG SẢN VIỆT NAM",), True)
    motto = "Độc lập - Tự do - Hạnh phúc"
    return Heading(body, "Số:        /KH", ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", motto), False)


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the plan as it is laid out: a title, a chapter's or a list's heading, an item, words, or a gap."""

    kind: str
    words: str


def layout(plan: str) -> list[Part]:
    """Return a plan line by line as it is printed: a line in capitals is a title, one that begins with I. a chapter."""
    return [Part(_kind(line.strip()), line.strip()) for line in plan.strip("\n").split("\n")]


def _kind(line: str) -> str:
    if not line:
        return GAP
    number, dot, _rest = line.partition(".")
    if dot and number and set(number) <= set("IVX"):
        return CHAPTER
    if line == line.upper() and any(c.isalpha() for c in line):
        return TITLE
    if line.endswith(":") and not line[0].isdigit():
        return HEADING
    return ITEM if line[:2] in ("- ", "+ ", "• ") else WORDS


def _lines(lines: Iterable[str], nobody: str = DOTS) -> str:
    return "\n".join(lines) or nobody


def _rated(content: Content) -> Iterator[str]:
    numbered = list(enumerate(content.rated, start=1))
    for (form, block), people in groupby(numbered, key=lambda entry: (entry[1].form, entry[1].block)):
        yield " – ".join(part for part in (form, block) if part) + ":"
        yield from (f"{number}. {line.name}, {line.position}" for number, line in people)


def _exempt(content: Content) -> Iterator[str]:
    for line in content.officials.of(EXEMPT) if content.officials else ():
        source = f" ({line.citation})" if line.citation else ""
        yield f"- {line.name}, {line.position}: {line.reason}{source}"


def _composition(electorate: Electorate | None) -> Iterator[str]:
    if electorate is None:
        return
    names = dict.fromkeys(group for voter in electorate.voters for group in voter.groups)
    for name in names:
        yield f"- {name}: {sum(name in voter.groups for voter in electorate.voters)} người"
    added = [voter for voter in electorate.voters if not voter.groups]
    if added:
        yield "- Bổ sung: " + "; ".join(f"{voter.name} ({voter.why})" for voter in added)
    if electorate.excluded:
        yield "- Không tham gia: " + "; ".join(f"{voter.name} ({voter.why})" for voter in electorate.excluded)
    if len(names) > 1 and any(len(voter.groups) > 1 for voter in electorate.voters):
        yield "Người thuộc nhiều thành phần chỉ ghi một phiếu."


def _sites(content: Content) -> Iterator[str]:
    sites = sites_of(content.voters)
    if set(sites) - {""}:
        yield from (f"- {site or 'Chưa xếp'}: {count} người" for site, count in sites.items())


def _deadlines(found: RuleSet | None, day: str) -> Iterator[str]:
    for deadline in sorted(found.deadlines, key=lambda d: -d.days) if found else ():
        last = date.fromisoformat(day) - timedelta(days=deadline.days)
        source = f" ({deadline.citation})" if deadline.citation else ""
        yield f"- Chậm nhất {last:%d/%m/%Y}: {deadline.act}; thực hiện: {deadline.by}{source}"


def _committee(policy: Policy | None) -> str:
    if policy is None:
        return DOTS
    return (
        f"Ban kiểm phiếu có {policy.committee_size} thành viên giữ khóa; cần {policy.threshold} thành viên cùng mở kết "
        f"quả. Không mở kết quả khi có ít hơn {policy.minimum_ballots} phiếu. {_complaints(policy.complaint_minutes)}"
    )


def _complaints(minutes: int) -> str:
    if not minutes:
        return "Sau khi chốt hòm phiếu không dành thời gian riêng để tra cứu và khiếu nại."
    return f"Từ khi chốt hòm phiếu, có {minutes} phút để tra cứu mã theo dõi và khiếu nại rồi mới giải mã."


def _disclosure(policy: Policy | None) -> str:
    if policy is None:
        return DOTS
    public = "Kết quả được công bố công khai."
    inside = "Kết quả được công bố trong nội bộ tổ chức và báo cáo cấp quản lý cán bộ."
    marked = f" Tài liệu mang dấu {policy.secrecy}." if policy.secrecy else ""
    return (public if policy.disclosure == PUBLIC else inside) + marked


def _criteria(found: RuleSet | None) -> Iterator[str]:
    for criterion in found.criteria if found else ():
        yield f"- {criterion.title}: {' '.join(criterion.points)}"
