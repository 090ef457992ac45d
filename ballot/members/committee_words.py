"""The steps of a committee's life as its organisers see them, and the sentence for each of them.

Here live sentences and their names. Never here: which of them holds (committee_panel.py), or a member's own page.
"""

from __future__ import annotations

from enum import StrEnum

from tally.i18n import marked as _


class Step(StrEnum):
    """What is next; each has one sentence and at most one act that stands out."""

    NAME = "name"
    SECOND = "second"
    SEAL = "seal"
    INVITE = "invite"
    JOIN = "join"
    MAKE = "make"
    SAVE = "save"
    TEST = "test"
    FREEZE = "freeze"
    ADMIT = "admit"
    AGAIN = "again"
    REST = "rest"
    WRITE = "write"
    WAIT = "wait"
    PARTS = "parts"
    COUNT = "count"
    DESTROY = "destroy"
    DONE = "done"
    ELSEWHERE = "elsewhere"
    ANNULLED = "annulled"


STAGE = {
    Step.NAME: 1, Step.SECOND: 1, Step.SEAL: 1, Step.INVITE: 2, Step.JOIN: 2, Step.MAKE: 3, Step.AGAIN: 3,
    Step.SAVE: 4, Step.TEST: 4, Step.FREEZE: 5, Step.ADMIT: 5,
}  # fmt: skip
"""How far along the making of the key is; later steps are not part of it."""

LEADS = {
    Step.NAME: _("Xin ghi họ tên {size} thành viên ban kiểm phiếu."),
    Step.SECOND: _("Danh sách đã ghi, đang chờ người thứ hai xác nhận."),
    Step.SEAL: _("Danh sách đã được hai người xác nhận. Xin niêm phong đợt, rồi mời các thành viên."),
    Step.INVITE: _("Xin mời các thành viên chưa có lời mời: {names}."),
    Step.JOIN: _("Đang chờ vào trang: {names}."),
    Step.MAKE: _("Các trang đang tự tạo khóa. Đang chờ: {names}."),
    Step.SAVE: _("Khóa đã tạo xong. Đang chờ cất khóa và sẵn sàng thử: {names}."),
    Step.TEST: _("Đang thử khóa: {count} trên {called} người được gọi đã thử. Đang chờ: {names}."),
    Step.FREEZE: _("Mọi người được gọi đã thử khóa thành công. Xin chốt danh sách thẻ, rồi nhận khóa ở đây."),
    Step.ADMIT: _("Mọi người được gọi đã thử khóa thành công. Xin nhận khóa."),
    Step.AGAIN: _("Buổi tạo khóa đã dừng. Xin đọc lý do, rồi làm lại."),
    Step.REST: _("Khóa đã thử và đã nhận. Ban kiểm phiếu không phải làm gì cho đến khi chốt hòm phiếu."),
    Step.WRITE: _("Hòm phiếu đã chốt nhưng hồ sơ chưa ghi xong. Xin ghi hồ sơ ở trang đợt."),
    Step.WAIT: _("Hòm phiếu đã chốt. Đang chờ tra cứu và khiếu nại; sau đó các thành viên mới giải mã được."),
    Step.PARTS: _("Đã có {count} trên {threshold} phần giải mã cần có, còn chờ {names}."),
    Step.COUNT: _("Đã đủ phần giải mã: {count}, cần {threshold}. Xin kiểm phiếu ở trang đợt."),
    Step.DESTROY: _("Đã có kết quả. {count} trên {size} thành viên đã hủy phần khóa, còn chờ {names}."),
    Step.DONE: _("Mọi thành viên đã xác nhận hủy phần khóa của mình."),
    Step.ELSEWHERE: _("Danh sách ban kiểm phiếu không lập ở đây; ban kiểm phiếu làm bằng tệp."),
    Step.ANNULLED: _("Đợt đã bị hủy, khóa không dùng nữa. Xin các thành viên xóa tệp khóa."),
}

NOTES = {
    Step.NAME: _(
        "Quý vị đề nghị; một người khác của ban tổ chức xác nhận bằng tài khoản của mình. "
        "Người được lấy phiếu không được giữ khóa."
    ),
    Step.SECOND: _("Trang này tự cập nhật khi danh sách được xác nhận."),
    Step.INVITE: _(
        "Mỗi lời mời là một mã QR, hiện một lần. Có thể chiếu, cho quét trên màn hình, hoặc in và trao tận tay."
    ),
    Step.JOIN: _(
        "Ai mất lời mời hoặc báo không vào được: xin bấm Mời lại ở dòng của người đó; lời mời cũ hết giá trị."
    ),
    Step.MAKE: _("Quý vị không phải bấm gì; mỗi thành viên làm theo trang của mình."),
    Step.SAVE: _(
        "Xin cho một người đọc to sáu từ, mọi người so với máy mình, rồi mỗi người cất tệp khóa vào hai nơi và mở lại. "
        "Khi mọi người sẵn sàng, việc thử khóa tự bắt đầu. Nếu có người vắng, xin gọi những người có mặt ở dưới."
    ),
    Step.TEST: _("Nếu có người không thử được, xin gọi lại không có người đó ở mục Gọi thử khóa lại."),
    Step.FREEZE: _("Chốt thẻ ở trang đợt: khóa cấp thẻ bị hủy và không ai được cấp thêm."),
    Step.ADMIT: _("Sau khi nhận, danh sách và khóa không đổi được nữa; hai người có thể mở bỏ phiếu."),
    Step.AGAIN: _(
        "Không có gì bị mất: khóa chưa dùng vào việc gì. Ai đã vào trang thì không phải mời lại; trang tự bắt đầu lại."
    ),
    Step.REST: _("Lúc chốt, xin nhắc mỗi người mang một USB có tệp khóa và tờ giấy ghi mật khẩu."),
    Step.WAIT: _("Trong lúc chờ, mời mọi người thử lại khóa và so mã gốc với giấy."),
    Step.PARTS: _(
        "Cần thêm {missing} phần, của ai cũng được. Có thể chờ nhiều ngày: hồ sơ đã đủ và không đổi nữa. "
        "Trước khi ra về, xin mời mọi người thử lại khóa."
    ),
    Step.DESTROY: _(
        "Khi kết quả đã được xác nhận, mỗi thành viên hủy phần khóa trên trang của mình trước người chứng kiến."
    ),
    Step.ELSEWHERE: _("Tệp của ban kiểm phiếu được nhận ở trang đợt."),
}

JOINED, INVITED, NOT_INVITED = _("đã vào"), _("đã mời, chưa vào"), _("chưa mời")
BY_FILES = _("làm bằng tệp")
NOT_BEGUN, AT_STEP, MADE, SAVED = (
    _("chưa bắt đầu"),
    _("đang tạo, {done} trên {of}"),
    _("đã tạo"),
    _("đã tạo và cất"),
)
NOT_READY, IS_READY, TESTING, TESTED = _("chưa sẵn sàng"), _("sẵn sàng"), _("đang thử"), _("đã thử xong")
NOT_CALLED = _("không được gọi")
RETESTED, RECEIVED, DESTROYED, NOT_YET = _("đã thử lại"), _("đã nhận"), _("đã hủy"), _("chưa")

COLUMNS = {
    "page": _("Trang của thành viên"),
    "key": _("Phần khóa"),
    "test": _("Thử khóa"),
    "retest": _("Thử lại lúc chốt"),
    "part": _("Phần giải mã"),
    "destruction": _("Hủy khóa"),
}

NUMBERED, SERVER = _("thành viên số {number}, {name}"), _("máy chủ của ban tổ chức")
REASONS = {
    "WORDS_DIFFER": _(
        "{accuser} báo sáu từ trên máy mình khác các máy kia: có thể có người đứng giữa. "
        "Xin báo người phụ trách kỹ thuật, và so lại sáu từ ở lần sau."
    ),
    "BAD_TRUSTEE_MESSAGE": _("{accuser} báo: điều {accused} gửi đến không khớp với điều đã cam kết trước đó."),
    "BAD_SIGNATURE": _("{accuser} báo: chữ ký trên điều {accused} gửi đến không đúng."),
}
REASON_OTHER = _("{accuser} báo: điều {accused} gửi đến không đúng.")
REASON_NEXT = _(
    "Xin hỏi lại hai bên rồi làm lại. Nếu lần sau vẫn dừng vì cùng một người, xin cho người đó đổi máy và mời lại."
)
"""Why an attempt ended, by the code of the complaint (SPEC 5.15, step 4)."""

REFUSALS = {
    "WRONG_SHAPE": _("Mỗi ghế cần một người, và hai ghế không được cùng họ tên và nhiệm vụ."),
    "BAD_TEXT": _("Có họ tên bị bỏ trống, hoặc họ tên hay nhiệm vụ quá dài hoặc có ký tự lạ."),
}
"""Why a list of members was not taken; any other refusal has its own sentence."""
