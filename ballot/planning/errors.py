"""What planning refuses, each with a stable code and a sentence that says what to do.

Here live the answers. Never here: a look into the database.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import Refused


class NoSuchDraft(Refused):
    """There is none, or it is another organisation's."""

    code = "NO_SUCH_DRAFT"
    text = _("Không tìm thấy kế hoạch này.")


class DraftMoved(Refused):
    """Somebody else saved since this form was opened."""

    code = "DRAFT_MOVED"
    text = _("Trong lúc quý vị xem hoặc nhập, {name} đã lưu kế hoạch này. Chưa có gì của ai bị ghi đè.")


class PlanTextMoved(Refused):
    """The text is not what whoever approves has read: the template behind it was changed meanwhile."""

    code = "PLAN_TEXT_MOVED"
    text = _("Văn bản kế hoạch không còn như quý vị đã đọc vì mẫu vừa đổi. Chưa có gì được duyệt; xin quý vị đọc lại.")


class DraftMade(Refused):
    """The round was made of it; what follows is done there."""

    code = "DRAFT_MADE"
    text = _("Đợt đã được lập từ kế hoạch này nên không sửa kế hoạch được nữa.")


class DraftIncomplete(Refused):
    """Something is missing in a step."""

    code = "DRAFT_INCOMPLETE"
    text = _("Kế hoạch còn thiếu: {missing}. Không có gì bị thay đổi.")


class DraftNotApproved(Refused):
    """The plan was not approved by a second account, or a change of it still waits."""

    code = "DRAFT_NOT_APPROVED"
    text = _("Kế hoạch chưa được người thứ hai duyệt, hoặc còn thay đổi chờ xác nhận. Không có gì bị thay đổi.")


class WrongDraftState(Refused):
    """Not what can be done with this draft now."""

    code = "WRONG_DRAFT_STATE"
    text = _("Việc này không làm được ở tình trạng hiện nay của kế hoạch. Không có gì bị thay đổi.")


class OwnProposal(Refused):
    """Whoever asked may not confirm."""

    code = "OWN_PROPOSAL"
    text = _("Quý vị là người đề nghị; cần người khác xác nhận bằng tài khoản của họ. Không có gì bị thay đổi.")


class NoVoteRules(Refused):
    """The rating's rules name none for a vote of confidence, or one that is no vote's or is not there."""

    code = "NO_VOTE_RULES"
    text = _("{number} không nêu bộ quy tắc của việc bỏ phiếu tín nhiệm, hoặc nêu một bộ không dùng được.")


class StepRefused(Refused):
    """What was typed in a step cannot be saved; `where` names the field or the person."""

    code = "STEP_REFUSED"
    text = _("{reason}. Chưa có gì được ghi; những gì quý vị nhập còn nguyên.")
