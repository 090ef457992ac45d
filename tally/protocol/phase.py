"""The life of a round as one table: which act, by whom, leads from which phase to which.

Here lives the whole life cycle. Never here: a clock, a database, or an act that the table does not name.

    draft → issuing → ready → voting → closed → tallied → certified        void from any phase before tallied
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tally.i18n import marked as _
from tally.protocol.errors import Refused


class Phase(StrEnum):
    """A phase of a round; the value is what databases and files hold."""

    DRAFT = "draft"
    ISSUING = "issuing"
    READY = "ready"
    VOTING = "voting"
    CLOSED = "closed"
    TALLIED = "tallied"
    CERTIFIED = "certified"
    VOID = "void"


class Act(StrEnum):
    """What moves a round on."""

    SEAL = "seal"
    FREEZE = "freeze"
    OPEN = "open"
    CLOSE = "close"
    TALLY = "tally"
    CERTIFY = "certify"
    ANNUL = "annul"


@dataclass(frozen=True, slots=True)
class Step:
    """One row: where `act` is allowed, where it leads, how many persons must confirm it, what must hold."""

    act: Act
    source: frozenset[Phase]
    target: Phase
    persons: int
    requires: str


BEFORE_TALLIED = frozenset({Phase.DRAFT, Phase.ISSUING, Phase.READY, Phase.VOTING, Phase.CLOSED})

LIFE: tuple[Step, ...] = (
    Step(
        Act.SEAL,
        frozenset({Phase.DRAFT}),
        Phase.ISSUING,
        1,
        _("Bản niêm phong đầy đủ: danh sách, quy tắc, khóa cấp phiếu."),
    ),
    Step(
        Act.FREEZE,
        frozenset({Phase.ISSUING}),
        Phase.READY,
        1,
        _("Đủ số người dự họp; khóa cấp phiếu đã hủy; ban kiểm phiếu đã có khóa và đủ thành viên thử khóa thành công."),
    ),
    Step(Act.OPEN, frozenset({Phase.READY}), Phase.VOTING, 2, _("Hòm phiếu trống.")),
    Step(Act.CLOSE, frozenset({Phase.VOTING}), Phase.CLOSED, 2, _("Chốt hòm phiếu.")),
    Step(Act.TALLY, frozenset({Phase.CLOSED}), Phase.TALLIED, 1, _("Đủ phần giải mã hợp lệ.")),
    Step(Act.CERTIFY, frozenset({Phase.TALLIED}), Phase.CERTIFIED, 1, _("Ban kiểm phiếu đã ký; không phải diễn tập.")),
    Step(Act.ANNUL, BEFORE_TALLIED, Phase.VOID, 2, _("Có lý do ghi bằng văn bản.")),
)
_BY_ACT = {step.act: step for step in LIFE}


class WrongPhase(Refused):
    """The act is not allowed in the phase the round is in."""

    code = "WRONG_PHASE"
    text = _("Không làm được việc này khi đợt đang ở giai đoạn {phase}.")


def step(act: Act, phase: Phase) -> Step:
    """Return the row for `act` in `phase`. Raises WrongPhase. Source: SPEC 5.10; threats E2, E5."""
    row = _BY_ACT[act]
    if phase not in row.source:
        raise WrongPhase(act.value, phase=phase.value)
    return row
