"""Every refusal of an issuer: one class for each distinct answer, with a code that never changes.

Here live codes and their Vietnamese sentences. Never here: whose slip it was, or anything that tells it.
"""

from __future__ import annotations

from keys.errors import KeysError
from tally.i18n import marked as _


class BlindedOutOfRange(KeysError):
    """The blinded message is not `length` bytes, or is 0, 1, n-1, n or more, or shares a factor with n."""

    code = "BLINDED_OUT_OF_RANGE"
    text = _("Yêu cầu cấp phiếu không hợp lệ.")


class BlindedRepeated(KeysError):
    """Somebody else has already submitted the same blinded message."""

    code = "BLINDED_REPEATED"
    text = _("Yêu cầu cấp phiếu này đã được dùng cho người khác.")


class NotEntitled(KeysError):
    """The voter is not on this issuer's copy of the roll."""

    code = "NOT_ENTITLED"
    text = _("Không có tên trong danh sách cử tri của cuộc lấy phiếu này.")


class AlreadyIssued(KeysError):
    """The voter has a slip, for another blinded message: one slip for one voter."""

    code = "ALREADY_ISSUED"
    text = _("Cử tri này đã được cấp phiếu; mỗi cử tri chỉ được cấp một phiếu.")


class NotIssued(KeysError):
    """A slip cannot be replaced that was never given."""

    code = "NOT_ISSUED"
    text = _("Cử tri này chưa được cấp phiếu nên không thể đổi phiếu.")


class IssuingFrozen(KeysError):
    """Issuing has ended and the issuer's key is gone."""

    code = "ISSUING_FROZEN"
    text = _("Việc cấp phiếu đã kết thúc.")


class NotFrozen(KeysError):
    """The closing statement is made after the freeze, when its counts can no longer change."""

    code = "ISSUING_NOT_FROZEN"
    text = _("Chỉ lập được bản kê sau khi việc cấp phiếu đã kết thúc.")


class TooFewVoided(KeysError):
    """A slip was replaced, but the one it replaces still counts."""

    code = "TOO_FEW_VOIDED"
    text = _("Đã đổi {reissued} thẻ nhưng chỉ hủy {voided} thẻ; mỗi thẻ đổi phải hủy thẻ cũ.")


class KeyNotDestroyed(KeysError):
    """The statement would say that the blind-signing key is gone, and the log does not."""

    code = "ISSUER_KEY_KEPT"
    text = _("Chưa ghi nhận việc hủy khóa cấp phiếu; hủy khóa xong mới ký bản kê.")


class SigningFault(KeysError):
    """The machine computed a wrong signature; publishing it would give the key away."""

    code = "SIGNING_FAULT"
    text = _("Máy cấp phiếu tính sai và đã tự dừng; đề nghị quý vị báo ngay cho ban kiểm phiếu.")


class IssuerStopped(KeysError):
    """This issuer computed wrongly once and answers no more."""

    code = "ISSUER_STOPPED"
    text = _("Máy cấp phiếu này đã dừng vì lỗi tính toán; đề nghị quý vị dùng máy khác.")


class IssuerStateDamaged(KeysError):
    """The issuer's stored log does not hold together."""

    code = "ISSUER_STATE_DAMAGED"
    text = _("Sổ cấp phiếu bị hỏng hoặc đã bị sửa đổi.")
