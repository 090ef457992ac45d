"""What is still missing in each step, in words: the side list of the wizard, and the gate before approval and round.

Here lives looking at a draft as it stands. Never here: a database, or advice that may be ignored (advice.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from ballot.catalogue.rule_books import Shelf
from ballot.life.planned import MAX_SITES
from ballot.planning import bases
from ballot.planning.content import EXEMPT, OPEN, Content, Line
from ballot.planning.electorate import sites_of
from ballot.planning.errors import DraftIncomplete
from tally.i18n import marked as _
from tally.i18n import said, translate
from tally.protocol.manifest import SMALL_ELECTORATE, SMALLEST_ROLL

BASIS, OFFICIALS, BALLOT, VOTERS, SITES, POLICY, PLAN, CHECK = (
    "can-cu", "nguoi", "phieu", "cu-tri", "diem-cau", "ban-kiem-phieu", "ke-hoach", "kiem-tra",
)  # fmt: skip
LISTS = (BASIS, OFFICIALS, BALLOT, VOTERS, SITES, POLICY)
SHOWN_BELOW = 30
"""Electorates under this size acknowledge the table of chances; those under SMALL_ELECTORATE by the chair's name."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a draft is: somebody asked for approval; it was given; a change waits for confirmation; it is a round."""

    submitted: bool = False
    approved: bool = False
    pending: bool = False
    made: bool = False


def missing(content: Content, standing: Standing, shelf: Shelf) -> dict[str, list[str]]:
    """Return what each step lacks, by its name; an empty list: complete. `shelf` has the rule sets."""
    found = {
        BASIS: _basis(content, shelf),
        OFFICIALS: _officials(content),
        BALLOT: _ballot(content),
        VOTERS: _voters(content),
        SITES: _sites(content),
        POLICY: _policy(content),
        PLAN: _plan(standing),
        CHECK: [*_check(content), *([] if standing.made else [_("chưa lập đợt")])],
    }
    return {step: [translate(words) for words in lacks] for step, lacks in found.items()}


def check_lists(content: Content, shelf: Shelf) -> None:
    """Refuse a draft whose first six steps lack something. Raises DraftIncomplete."""
    _refuse(_lacks_of_lists(content, shelf))


def check_all(content: Content, shelf: Shelf) -> None:
    """Refuse a draft that lacks anything besides approval. Raises DraftIncomplete."""
    _refuse([*_lacks_of_lists(content, shelf), *map(translate, _check(content))])


def _lacks_of_lists(content: Content, shelf: Shelf) -> list[str]:
    lacks = missing(content, Standing(), shelf)
    return [word for step in LISTS for word in lacks[step]]


def _refuse(lacks: list[str]) -> None:
    if lacks:
        raise DraftIncomplete(missing="; ".join(lacks))


def needs_acknowledgement(content: Content) -> bool:
    """Say whether the numbers of this draft are small and nobody acknowledged them yet."""
    voters, known = len(content.voters), content.acknowledged
    if voters >= SHOWN_BELOW or voters < SMALLEST_ROLL:
        return False
    return known is None or (known.voters, known.officials) != (voters, len(content.rated))


def _basis(content: Content, shelf: Shelf) -> list[str]:
    basis = content.basis
    if basis is None:
        return [_("chưa chọn căn cứ, ngày và cơ quan")]
    lacks = []
    if not basis.body_id:
        lacks.append(_("chưa chọn cơ quan trong danh mục"))
    legal = bases.load(shelf, basis.rule_set)
    if not legal.in_force(basis.date):
        lacks.append(_("căn cứ không có hiệu lực vào ngày họp"))
    elif legal.rules.bad_line_voids_ballot:
        lacks.append(_("căn cứ chỉ dùng cho phiếu giấy"))
    return lacks


def _officials(content: Content) -> list[str]:
    officials, basis = content.officials, content.basis
    if officials is None:
        return [_("chưa có danh sách người được lấy phiếu")]
    lacks = []
    if basis and (officials.date, officials.rule_set) != (basis.date, basis.rule_set):
        lacks.append(_("ngày hoặc căn cứ đã đổi: xem lại danh sách người được lấy phiếu"))
    if waiting := len(officials.of(OPEN)):
        lacks.append(said(_("{count} người chưa quyết định"), count=waiting))
    if any(not (line.reason and line.citation) for line in officials.of(EXEMPT)):
        lacks.append(_("có người không lấy phiếu mà chưa đủ lý do và căn cứ"))
    if not content.rated:
        lacks.append(_("không có ai được lấy phiếu"))
    return lacks


def _ballot(content: Content) -> list[str]:
    rated = content.rated
    if not rated:
        return [_("chưa có người được lấy phiếu")]
    lacks = []
    if without := sum(not line.block for line in rated):
        lacks.append(said(_("{count} người chưa xếp vào khối"), count=without))
    if any(line.form for line in rated) and not all(line.form for line in rated):
        lacks.append(_("có khối chưa ghi loại phiếu"))
    if twice := _twice(rated):
        lacks.append(said(_("đứng hai lần với cùng chức vụ: {names}"), names=", ".join(twice)))
    return lacks


def _twice(rated: tuple[Line, ...]) -> list[str]:
    seen = [(line.name, line.position) for line in rated]
    return list(dict.fromkeys(name for name, position in seen if seen.count((name, position)) > 1))


def _voters(content: Content) -> list[str]:
    electorate, basis = content.electorate, content.basis
    if electorate is None:
        return [_("chưa chọn thành phần ghi phiếu")]
    lacks = []
    if basis and electorate.day != basis.date:
        lacks.append(_("ngày họp đã đổi: xem lại thành phần ghi phiếu"))
    if len(electorate.voters) < SMALLEST_ROLL:
        lacks.append(_("ít hơn 3 người ghi phiếu: không lập được đợt bỏ phiếu kín"))
    if electorate.delegates < len(electorate.voters):
        lacks.append(_("tổng số đại biểu ít hơn số người ghi phiếu"))
    codes = [voter.code for voter in electorate.voters]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        lacks.append(said(_("mã đứng hai lần: {codes}"), codes=", ".join(twice)))
    return lacks


def _sites(content: Content) -> list[str]:
    if not content.voters:
        return [_("chưa có người ghi phiếu")]
    sites = sites_of(content.voters)
    if len(sites) > 1 and (nowhere := sites.get("")):
        return [said(_("{count} người chưa có điểm cầu"), count=nowhere)]
    if len(sites) > MAX_SITES:
        return [said(_("nhiều hơn {most} điểm cầu"), most=MAX_SITES)]
    return []


def _policy(content: Content) -> list[str]:
    policy = content.policy
    if policy is None:
        return [_("chưa quyết định về ban kiểm phiếu và công khai")]
    if content.voters and policy.minimum_ballots > len(content.voters):
        return [_("số phiếu tối thiểu lớn hơn số người ghi phiếu")]
    return []


def _plan(standing: Standing) -> list[str]:
    if standing.pending:
        return [_("có thay đổi chờ người thứ hai xác nhận")]
    if standing.approved:
        return []
    return [_("chờ người thứ hai duyệt") if standing.submitted else _("chưa trình duyệt")]


def _check(content: Content) -> list[str]:
    if not needs_acknowledgement(content):
        return []
    if len(content.voters) < SMALL_ELECTORATE:
        return [_("người chủ trì chưa xác nhận cảnh báo ít người ghi phiếu")]
    return [_("chưa xác nhận đã xem cảnh báo ít người ghi phiếu")]
