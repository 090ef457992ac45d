"""Every act that the log knows: its words for people, and whether the minute is written down with it.

Here lives the one table of them. Never here: an act that tells who was checked in, or when.

Why the time is an exception (threats K5): whoever can put a minute beside "a person received a slip" and knows when
somebody stood at the desk, or holds a list of when ballots came in, holds one half of the link from a person to a
ballot. So entries about persons have no name and no time, and no entry with a time may stand between two of them, or
it would time both: while people may arrive at a desk of any round of the organisation, only what moves a round has one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.acts_log_life import PROPOSE, WORDS


class Minute(Enum):
    """Whether an act's minute is written down, and why."""

    ALWAYS = auto()
    """It moves a round from phase to phase: the minutes state it anyway, and the whole hall sees it happen."""
    QUIET = auto()
    """Organisers or administrators shape a round, the catalogue, the accounts: while nobody arrives at a desk."""
    NEVER = auto()
    """A desk, a station or a member does it, or an organiser in the midst of them: the order is enough."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An act's words, its minute, how the rest of its subject reads (by its words, `tail` after them), if by a rule.

    `desk` marks acts at a desk or a station, mostly about persons, that the printed journal counts instead of listing.
    """

    words: str
    minute: Minute = Minute.NEVER
    rest: str = ""
    desk: bool = False


def _moves(act: str) -> Logged:
    return Logged(WORDS[act], Minute.ALWAYS)


QUIET = Minute.QUIET
MEMBER = _("thành viên số {0}")
ACTS: dict[str, Logged] = {
    "create": Logged(WORDS["create"], QUIET),
    **{act: _moves(act) for act in WORDS if act != "create"},
    "account-activate": Logged(_("Mở lại tài khoản"), QUIET),
    "account-change": Logged(_("Sửa tài khoản"), QUIET),
    "account-create": Logged(_("Tạo tài khoản"), QUIET),
    "account-deactivate": Logged(_("Ngừng tài khoản"), QUIET),
    "account-subject": Logged(_("Đổi người dùng của hệ thống đăng nhập chung gắn với tài khoản"), QUIET),
    "annul-reason": Logged(_("Lý do hủy đợt"), QUIET),
    "appoint": Logged(_("Ghi bổ nhiệm"), QUIET),
    "appointment-status": Logged(_("Ghi tình trạng giữ chức vụ"), QUIET),
    "archive-round": Logged(_("Lập bộ hồ sơ lưu"), QUIET, _("mã {0}")),
    "body-add": Logged(_("Thêm tổ chức"), QUIET),
    "body-change-undone": Logged(_("Rút lại thay đổi tổ chức ghi nhầm"), QUIET),
    "body-correct": Logged(_("Sửa tổ chức chưa ai dùng"), QUIET),
    "body-end": Logged(_("Tổ chức kết thúc hoạt động"), QUIET),
    "body-merge": Logged(_("Sáp nhập, hợp nhất tổ chức"), QUIET),
    "body-rename": Logged(_("Đổi tên tổ chức"), QUIET),
    "body-split": Logged(_("Chia, tách tổ chức"), QUIET),
    "certify-on-paper": Logged(_("Nhận rằng bản giấy đã đủ chữ ký"), QUIET),
    "check-in": Logged(_("Xác nhận có mặt một người (không ghi là ai)"), desk=True),
    "committee-again": Logged(_("Bắt đầu lại việc làm khóa của ban kiểm phiếu"), QUIET, _("lần {0}")),
    "committee-call": Logged(_("Gọi thành viên thử khóa"), QUIET, _("lần {0}, các thành viên số {tail}")),
    "committee-complaint": Logged(_("Thành viên báo lỗi khi làm khóa"), rest=_("lần {0}, về thành viên số {1}: {2}")),
    "committee-message": Logged(_("Nhận thông điệp làm khóa"), rest=_("lần {0}, thành viên số {1}: {2}")),
    "complaint-minutes": Logged(_("Đặt thời gian chờ khiếu nại"), QUIET, _("{0} phút")),
    "complaints-end": Logged(_("Kết thúc sớm thời gian chờ khiếu nại"), QUIET, _("lý do: {tail}")),
    "discard-signed": Logged(_("Để riêng các bản đã ký, làm lại văn bản"), QUIET),
    "enter-witness": Logged(_("Ghi người chứng kiến"), QUIET, _("{0}, khóa {1}")),
    "freeze-list": Logged(
        _("Chốt danh sách thẻ"),
        rest=_("{0} thẻ trong danh sách, {2} vô hiệu, {4} gói không đọc được, {6} chưa giao"),
    ),
    "freeze-without": Logged(_("Chốt dù còn thẻ chưa giao"), rest=_("{0} thẻ")),
    "group-add": Logged(_("Thêm nhóm"), QUIET),
    "group-correct": Logged(_("Sửa nhóm chưa ai dùng"), QUIET),
    "group-join": Logged(_("Thêm thành viên nhóm"), QUIET),
    "group-leave": Logged(_("Thôi thành viên nhóm"), QUIET),
    "import-catalogue": Logged(_("Nhập danh mục từ tệp"), QUIET),
    "incident-enter": Logged(_("Ghi sổ sự cố"), rest=_("mục {0}")),
    "incident-settle": Logged(_("Ghi cách giải quyết một sự cố"), rest=_("mục {0}")),
    "invite-member": Logged(_("Mời thành viên ban kiểm phiếu"), QUIET, MEMBER),
    "issuer-ended": Logged(_("Bên cấp thẻ đã hủy khóa"), rest=_("{0}, đầu nhật ký cấp thẻ {1}")),
    "issuer-key-kept": Logged(_("Chưa xác nhận được việc hủy khóa của bên cấp thẻ"), rest="{0}: {1}"),
    "join-committee": Logged(_("Thành viên ban kiểm phiếu vào trang của mình"), rest=MEMBER),
    "keep-part": Logged(_("Nhận phần giải mã"), rest=MEMBER),
    "keep-signed": Logged(_("Nhận văn bản đã ký"), QUIET, _("{0}, {1} chữ ký hợp lệ")),
    "keep-signer": Logged(_("Nhận tờ khai chứng thư"), QUIET, MEMBER),
    "keys-destroy": Logged(_("Hủy khóa của máy"), QUIET),
    "make-documents": Logged(_("Lập văn bản"), QUIET, _("mã của số liệu biên bản {0}")),
    "name-members": Logged(_("Ghi tên thành viên ban kiểm phiếu"), QUIET, _("thành viên số {0}: {tail}")),
    "opinion": Logged(_("Gửi ý kiến giám sát"), QUIET),
    "order-envelopes": Logged(_("Đặt làm phong bì"), rest=_("{0} phong bì")),
    "order-replacement": Logged(_("Đặt thẻ thay thẻ hỏng (không ghi của ai)"), desk=True),
    "organisation-found": Logged(_("Lập đơn vị"), QUIET),
    "override": Logged(_("Ghi ngoại lệ trùng tên"), QUIET),
    "override-reason": Logged(_("Lý do ngoại lệ trùng tên"), QUIET),
    "own-device": Logged(_("Một người nhận thẻ trên thiết bị riêng (không ghi là ai)"), desk=True),
    "own-device-logins": Logged(_("In tờ đăng nhập thiết bị riêng"), rest=_("{0} tờ")),
    "pair-station": Logged(_("Ghép trạm in với bàn tiếp đón"), desk=True),
    "pairing-code": Logged(_("Lấy mã ghép trạm in"), desk=True),
    "password-change": Logged(_("Tự đổi mật khẩu"), QUIET),
    "password-reset": Logged(_("Cấp lại mật khẩu"), QUIET),
    "past-round-delete": Logged(_("Xóa đợt nhập từ tệp"), QUIET),
    "past-rounds-import": Logged(_("Nhập các đợt cũ từ tệp"), QUIET),
    "people-delete": Logged(_("Xóa dữ liệu cá nhân của đợt"), QUIET),
    "person-add": Logged(_("Thêm người"), QUIET),
    "person-correct": Logged(_("Sửa người chưa ai dùng"), QUIET),
    "person-move": Logged(_("Ghi đơn vị, điểm cầu của người"), QUIET),
    "person-replace": Logged(_("Đính chính người bằng dòng mới"), QUIET),
    "plan-approve": Logged(_("Duyệt kế hoạch"), QUIET),
    "plan-begin": Logged(_("Bắt đầu soạn kế hoạch"), QUIET),
    "plan-confirm-change": Logged(_("Đồng ý sửa kế hoạch đã duyệt"), QUIET),
    "plan-discard": Logged(_("Bỏ bản kế hoạch đang soạn"), QUIET),
    "plan-drop-change": Logged(_("Không sửa kế hoạch đã duyệt"), QUIET),
    "plan-made": Logged(_("Lập đợt từ kế hoạch"), QUIET),
    "plan-propose-change": Logged(_("Xin sửa kế hoạch đã duyệt"), QUIET),
    "plan-save": Logged(_("Ghi kế hoạch đang soạn"), QUIET),
    "plan-submit": Logged(_("Trình duyệt kế hoạch"), QUIET),
    "plan-take-back": Logged(_("Rút kế hoạch đang trình duyệt"), QUIET),
    "portraits": Logged(_("Nạp ảnh người dự"), rest=_("{0} ảnh")),
    "position-add": Logged(_("Thêm chức danh"), QUIET),
    "position-arrange": Logged(_("Xếp chức danh trên phiếu"), QUIET),
    "position-correct": Logged(_("Sửa chức danh chưa ai dùng"), QUIET),
    "position-end": Logged(_("Chức danh kết thúc"), QUIET),
    "recount-agrees": Logged(_("Kiểm lại ra đúng kết quả của hồ sơ"), QUIET),
    "recount-differs": Logged(_("Kiểm lại KHÔNG ra kết quả của hồ sơ"), QUIET),
    "recovery-code-used": Logged(_("Đăng nhập bằng mã dự phòng")),
    "recovery-codes-new": Logged(_("Lấy mã dự phòng mới"), QUIET),
    "resume-behind": Logged(_("Cho hòm phiếu khôi phục nhận phiếu dù có thể mất phiếu")),
    "resume-box": Logged(_("Hòm phiếu khôi phục nhận phiếu lại khi đã đủ mốc và phiếu")),
    "resume-reason": Logged(_("Lý do nhận phiếu lại dù có thể mất phiếu")),
    "reveal-block": Logged(_("Chiếu kết quả một khối"), QUIET),
    "rule-set-back": Logged(_("Rút bộ quy tắc riêng"), QUIET),
    "rule-set-save": Logged(_("Ghi bộ quy tắc riêng"), QUIET),
    "save-minutes": Logged(_("Ghi biên bản đang soạn"), QUIET),
    "second-factor-off": Logged(_("Tắt xác thực hai bước"), QUIET),
    "second-factor-on": Logged(_("Bật xác thực hai bước"), QUIET),
    "second-factor-reset": Logged(_("Gỡ xác thực hai bước của người khác"), QUIET),
    "site-all-in": Logged(_("Điểm cầu báo đã đủ phiếu")),
    "site-envelopes": Logged(_("Ghi phong bì của điểm cầu")),
    "site-give-up": Logged(_("Không chờ điểm cầu nữa")),
    "site-give-up-reason": Logged(_("Lý do không chờ điểm cầu")),
    "site-given-up": Logged(_("Hai người quyết định không chờ điểm cầu")),
    "site-waited-for": Logged(_("Lại chờ điểm cầu")),
    "take-dossier": Logged(_("Nạp tài liệu hồ sơ"), QUIET),
    "template-national": Logged(_("Dùng lại mẫu toàn quốc"), QUIET),
    "template-save": Logged(_("Ghi mẫu riêng của đơn vị"), QUIET),
    "type-paper": Logged(_("Nhập số đếm trên giấy (không ghi số)"), QUIET),
    "undo-check-in": Logged(_("Hủy một xác nhận có mặt (không ghi của ai)"), desk=True),
    "withdraw-dossier": Logged(_("Rút tài liệu hồ sơ"), QUIET),
    "withdraw-orders": Logged(_("Rút lệnh in chưa ký"), rest=_("{0} lệnh")),
    "withdraw-witness": Logged(_("Rút người chứng kiến chưa ký gì"), QUIET),
}
"""By code. `propose-` and a code is the first person's half of an act of two, which moves nothing yet."""
PROPOSED = _("Đề nghị: {act}")


def keeps_time(act: str, *, quiet: bool) -> bool:
    """Say whether the minute may stand beside this act; `quiet` says that nobody arrives at a desk now."""
    minute = _of(act).minute
    return minute is Minute.ALWAYS or (minute is Minute.QUIET and quiet)


def words(act: str) -> str:
    """Return an act's words; a code that the table does not know stands for itself."""
    base = translate(_of(act).words)
    return translate(PROPOSED).format(act=base) if act.startswith(PROPOSE) else base


def details(act: str, rest: str) -> str:
    """Return what a subject says after the round, in words where there is a rule for it."""
    parts, form = rest.split(), _of(act).rest
    named = max((int(place) + 1 for place in re.findall(r"\{(\d)\}", form)), default=0)
    if not form or len(parts) < named:
        return rest
    return translate(form).format(*(part.rstrip(",") for part in parts), tail=" ".join(parts[named:]))


def is_of_desk(act: str) -> bool:
    """Say whether this is an act at a desk, which print counts instead of listing."""
    return _of(act).desk


def _of(act: str) -> Logged:
    if act.startswith(PROPOSE):
        proposed = _of(act.removeprefix(PROPOSE))
        minute = Minute.NEVER if proposed.minute is Minute.NEVER else Minute.QUIET
        return Logged(proposed.words, minute, proposed.rest, proposed.desk)
    return ACTS.get(act, Logged(act))
