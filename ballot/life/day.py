"""The day of a round on one page: which phase it is in, what comes next, who must do it, who has proposed it already.

Here lives saying so in words. Never here: an act, or a number of ballots while the box is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot import uptime
from ballot.acts import Actor
from ballot.desk import sites
from ballot.desk.attendance import attendance
from ballot.house import House
from ballot.models.registry.accounts import Account
from ballot.models.registry.acts import AuditEntry, Proposal
from ballot.models.registry.rounds import Round
from ballot.phases import phase_name
from ballot.result import after_count, complaint_wait, counting
from ballot.result.after_count import MEMBERS, NOBODY, ONE
from ballot.written_record import written_root
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.phase import Act, Phase

ORDER = (
    Phase.DRAFT, Phase.ISSUING, Phase.READY, Phase.VOTING, Phase.CLOSED, Phase.TALLIED, Phase.CERTIFIED,
)  # fmt: skip
PAST, CURRENT, AHEAD = "past", "current", "ahead"

TWO = _("Hai người của ban tổ chức: một người đề nghị, một người xác nhận")
OTHER = _("Một người khác của ban tổ chức, bằng tài khoản của mình")
EVERYBODY = _("Mọi người có biên nhận; ban tổ chức giải quyết khiếu nại")


@dataclass(frozen=True, slots=True)
class Stage:
    """One phase in the ribbon."""

    name: str
    where: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A proposal that waits for another person: who made it, whether that is whoever looks, and why, where one says."""

    name: str
    mine: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """What the page says first."""

    stages: tuple[Stage, ...]
    lead: str
    who: str
    note: str
    pending: dict[str, Pending]
    step: str = ""
    """After the count: the step that is next (result/after_count.py)."""


@dataclass(frozen=True, slots=True)
class _Next:
    lead: str
    who: str
    note: str = ""
    step: str = ""


def day(house: House, session: Session, row: Round, actor: Actor) -> Day:
    """Return where a round stands, as this person is told."""
    pending = proposals(session, row, actor)
    step = _next(house, session, row, pending)
    return Day(_stages(row), step.lead, translate(step.who), step.note, pending, step.step)


def _stages(row: Round) -> tuple[Stage, ...]:
    """Return the phases in order; a round that was annulled is in none of them."""
    if row.phase == Phase.VOID.value:
        return tuple(Stage(phase_name(phase), AHEAD) for phase in ORDER)
    at = ORDER.index(Phase(row.phase))
    where = [PAST if place < at else CURRENT if place == at else AHEAD for place in range(len(ORDER))]
    return tuple(Stage(phase_name(phase), w) for phase, w in zip(ORDER, where, strict=True))


def proposals(session: Session, row: Round, actor: Actor) -> dict[str, Pending]:
    """Return the proposals about the whole round, by act."""
    found = {}
    for proposal in session.scalars(select(Proposal).where(Proposal.round_id == row.id)):
        account = session.get(Account, proposal.account_id)
        why = annulled_because(session, row) if proposal.act == Act.ANNUL.value else proposal.subject
        name = account.name if account else ""
        found[proposal.act] = Pending(name, proposal.account_id == actor.account_id, why)
    return found


def annulled_because(session: Session, row: Round) -> str:
    """Return the reason with which the annulling of a round was proposed or done last; the log holds it."""
    mine = select(AuditEntry.subject).where(AuditEntry.organisation_id == row.organisation_id)
    said = mine.where(AuditEntry.act == "annul-reason", AuditEntry.subject.startswith(f"{row.uuid} "))
    last = session.scalar(said.order_by(AuditEntry.height.desc()).limit(1))
    return (last or "").partition(" ")[2]


# --- what is next -------------------------------------------------------------------------------------------------


def _next(house: House, session: Session, row: Round, pending: dict[str, Pending]) -> _Next:
    steps: dict[Phase, Callable[[], _Next]] = {
        Phase.DRAFT: _draft,
        Phase.ISSUING: lambda: _issuing(session, row),
        Phase.READY: lambda: _ready(session, row, pending),
        Phase.VOTING: lambda: _voting(session, row, pending),
        Phase.CLOSED: lambda: _closed(house, session, row),
        Phase.TALLIED: lambda: _after(house, session, row),
        Phase.CERTIFIED: lambda: _after(house, session, row),
        Phase.VOID: lambda: _Next(translate(_("Đợt đã bị hủy; phiếu đã bỏ không bao giờ được giải mã.")), NOBODY),
    }
    return steps[Phase(row.phase)]()


def _draft() -> _Next:
    lead = translate(_("Kiểm tra hai danh sách rồi niêm phong"))
    return _Next(lead, ONE, translate(_("Sau niêm phong không sửa được nữa; mã niêm phong được chép ra giấy.")))


def _issuing(session: Session, row: Round) -> _Next:
    if row.frozen:
        lead = translate(_("Ban kiểm phiếu tạo và thử khóa, ban tổ chức nhận khóa"))
        return _Next(lead, MEMBERS, translate(_("Danh sách thẻ đã chốt; không ai được cấp thêm thẻ.")))
    if not attendance(session, row).enough:
        lead = translate(_("Đón người dự họp và cấp thẻ"))
        note = translate(_("Chưa đủ số người theo quy định thì không nhận khóa và không mở bỏ phiếu được."))
        return _Next(lead, _("Bàn tiếp đón và trạm in thẻ"), note)
    lead = translate(_("Cấp thẻ cho hết người có mặt, rồi chốt danh sách thẻ"))
    note = translate(_("Chốt xong, khóa cấp thẻ bị hủy và không ai được cấp thêm."))
    return _Next(lead, _("Bàn tiếp đón cấp thẻ; một người của ban tổ chức chốt"), note)


def _ready(session: Session, row: Round, pending: dict[str, Pending]) -> _Next:
    if not attendance(session, row).enough:
        return _Next(translate(_("Chưa đủ số người: chưa mở bỏ phiếu được")), _("Bàn tiếp đón xác nhận người đến thêm"))
    note = translate(_("Hòm phiếu trống, khóa đã thử."))
    return _by_two(pending, Act.OPEN, _("Mở bỏ phiếu"), _("Xác nhận mở bỏ phiếu"), note)


def _voting(session: Session, row: Round, pending: dict[str, Pending]) -> _Next:
    if found := sites.waiting(session, row):
        lead = translate(_("Đang bỏ phiếu; còn chờ {count} điểm cầu")).format(count=len(found))
        note = translate(_("Chốt được khi mọi điểm đã thu đủ, hoặc hai người ghi bỏ điểm."))
        return _Next(lead, _("Bàn tiếp đón từng điểm báo đã thu đủ; ban tổ chức chốt sau"), note)
    note = translate(_("Chốt khi mọi người đã bỏ phiếu. Sau đó không mở lại được."))
    return _by_two(pending, Act.CLOSE, _("Chốt hòm phiếu"), _("Xác nhận chốt hòm phiếu"), note)


def _by_two(pending: dict[str, Pending], act: Act, lead: str, second: str, note: str) -> _Next:
    return _Next(translate(second), OTHER, note) if act.value in pending else _Next(translate(lead), TWO, note)


def _closed(house: House, session: Session, row: Round) -> _Next:
    if not written_root(house, row.uuid):
        note = translate(_("Hòm phiếu đã chốt nhưng hồ sơ chưa ghi xong. Không có phiếu nào bị mất."))
        return _Next(translate(_("Ghi hồ sơ")), ONE, note)
    if not complaint_wait.standing(session, row, uptime.now()).over:
        note = translate(_("Chưa ai giải mã được gì. Ai không thấy mã của mình thì đưa biên nhận cho ban tổ chức."))
        return _Next(translate(_("Tra cứu mã theo dõi và khiếu nại")), EVERYBODY, note)
    missing = row.threshold - len(counting.parts(house, row.uuid))
    if missing > 0:
        lead = translate(_("Ban kiểm phiếu so mã gốc với giấy rồi giải mã tổng"))
        note = translate(_("Còn thiếu phần giải mã của {count} thành viên.")).format(count=missing)
        return _Next(lead, MEMBERS, note)
    note = translate(_("Đủ phần giải mã. Máy chủ cộng, kiểm chứng và lập báo cáo; mất vài phút."))
    return _Next(translate(_("Kiểm phiếu, kiểm chứng và lập báo cáo")), ONE, note)


def _after(house: House, session: Session, row: Round) -> _Next:
    found = after_count.way(house, session, row)
    return _Next(found.lead, found.who, found.note, found.current)
