"""The way from a count to a result that stands: five steps, what is done, what is next, who must do it.

Here lives saying so. Never here: an act, or a number of marks.

    đối chiếu → biên bản → ký → xác nhận → công bố
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ballot.house import House
from ballot.models.registry.rounds import Round
from ballot.public.disclosure import is_restricted
from ballot.result import certifying, papers, signatures
from ballot.result.papers import Made
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.phase import Phase

COMPARE, MINUTES, SIGN, CERTIFY, PUBLISH = "compare", "minutes", "sign", "certify", "publish"
WORDS = {
    COMPARE: _("Đối chiếu"), MINUTES: _("Biên bản"), SIGN: _("Ký"), CERTIFY: _("Xác nhận"), PUBLISH: _("Công bố"),
}  # fmt: skip
ONE = _("Một người của ban tổ chức")
TWO_TYPE = _("Hai người của ban tổ chức, mỗi người nhập riêng bằng tài khoản của mình")
MEMBERS = _("Các thành viên ban kiểm phiếu, trên máy của mình")
TWO_PAPER = _("Hai người của ban tổ chức, khi bản giấy đã đủ chữ ký")
NOBODY = _("Không ai phải làm gì thêm")


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the ribbon of the pages after the count."""

    key: str
    words: str
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Way:
    """The five steps, and what the page of the day says of the one that is next."""

    steps: tuple[Step, ...]
    lead: str
    who: str
    note: str

    @property
    def current(self) -> str:
        """The key of the step that is next."""
        return next((step.key for step in self.steps if step.current), PUBLISH)


def way(house: House, session: Session, row: Round) -> Way:
    """Return how far a counted round is on its way."""
    made = papers.made(house, session, row)
    compared = papers.comparison(house, session, row)
    done = {
        COMPARE: compared is not None and compared.agrees,
        MINUTES: made is not None and made.current,
        SIGN: made is not None and not certifying.missing(house, row, made) and _signed(house, row, made),
        CERTIFY: row.phase == Phase.CERTIFIED.value,
        PUBLISH: False,
    }
    if row.phase == Phase.CERTIFIED.value:
        done |= dict.fromkeys((COMPARE, MINUTES, SIGN), True)
    at = next(key for key in WORDS if not done[key])
    steps = tuple(Step(key, translate(words), done[key], key == at) for key, words in WORDS.items())
    return Way(steps, *map(translate, _told(row, at, made)))


def _signed(house: House, row: Round, made: Made) -> bool:
    return signatures.is_signed(house, row.uuid) or (certifying.on_paper(made) and row.phase == Phase.CERTIFIED.value)


def _told(row: Round, at: str, made: Made | None) -> tuple[str, str, str]:
    """Return lead, who and note of a step."""
    if row.rehearsal:
        note = _(
            "Kết quả diễn tập không có giá trị và không xác nhận được; các bước đối chiếu, biên bản, ký vẫn tập được."
        )
        return _("Xem lại kết quả diễn tập"), NOBODY, note
    if at == SIGN and made is not None and certifying.on_paper(made):
        at = ON_PAPER
    if at == PUBLISH and is_restricted(row.disclosure):
        at = SEND
    return TOLD[at]


ON_PAPER, SEND = "on-paper", "send"
DESTROY = _("Thành viên hủy phần khóa của mình khi báo cáo đã ký.")
TOLD = {
    COMPARE: (
        _("Đối chiếu số trên giấy với hồ sơ"), TWO_TYPE,
        _("Hai người nhập số trên giấy mà không thấy số của nhau; ba chương trình độc lập kiểm lại hồ sơ."),
    ),
    MINUTES: (_("Ghi biên bản và lập văn bản"), ONE, _("Văn bản chỉ lập được khi mọi số khớp.")),
    SIGN: (_("Ban kiểm phiếu ký biên bản và báo cáo"), MEMBERS, DESTROY),
    ON_PAPER: (_("Ban kiểm phiếu ký bản giấy, hai người xác nhận"), TWO_PAPER, DESTROY),
    CERTIFY: (_("Xác nhận kết quả"), ONE, _("Máy chủ kiểm chứng lại mọi chữ ký trước khi xác nhận.")),
    PUBLISH: (_("Công bố kết quả theo thẩm quyền"), ONE, DESTROY),
    SEND: (_("Gửi kết quả theo thẩm quyền"), ONE, DESTROY),
}  # fmt: skip
