"""Every refusal of the key custody: one class for each distinct answer, with a code that never changes.

Here live codes and their Vietnamese sentences. Never here: a secret, a passphrase, or part of either.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import CodedError


class KeysError(CodedError):
    """Root of all errors of this package. `where` names the file, key or field."""

    code = "KEYS_ERROR"
    text = _("Không thực hiện được với khóa này.")


# --- key files ---------------------------------------------------------------------------------------------------


class PassphraseTooShort(KeysError):
    """Fewer characters than the least, counted after Unicode normalisation."""

    code = "PASSPHRASE_TOO_SHORT"
    text = _("Mật khẩu phải có ít nhất {least} ký tự; đề nghị quý vị đặt mật khẩu dài hơn.")


class PassphraseUnreadable(KeysError):
    """Not text: the terminal handed over bytes that are not UTF-8."""

    code = "PASSPHRASE_UNREADABLE"
    text = _("Không đọc được mật khẩu; đề nghị quý vị kiểm tra bộ gõ và bảng mã (UTF-8) của máy.")


class WrongPassphrase(KeysError):
    """The passphrase does not open the file, or some byte of it was changed: cryptography cannot tell which."""

    code = "WRONG_PASSPHRASE"
    text = _("Mật khẩu không đúng, hoặc tệp khóa đã bị sửa đổi; đề nghị quý vị kiểm tra bộ gõ và nhập lại.")


class KeyFileDamaged(KeysError):
    """Not a key file of ours in its one spelling, or what it holds is not a key of its kind."""

    code = "KEY_FILE_DAMAGED"
    text = _("Tệp khóa bị hỏng hoặc không đúng định dạng.")


class KdfOutOfRange(KeysError):
    """The file asks for more memory or time than any of ours, to exhaust this machine."""

    code = "KDF_OUT_OF_RANGE"
    text = _("Tệp khóa đòi hỏi bộ nhớ hoặc thời gian tính quá giới hạn cho phép.")


class UnknownKind(KeysError):
    """A kind of key that the table of roles does not list."""

    code = "KEY_UNKNOWN_KIND"
    text = _("Không có loại khóa này.")


class WrongKind(KeysError):
    """The file holds a key for another purpose."""

    code = "KEY_WRONG_KIND"
    text = _("Tệp này chứa {found}, không phải {expected}.")


class WrongRound(KeysError):
    """The key was made for another round."""

    code = "KEY_WRONG_ROUND"
    text = _("Khóa này thuộc về một cuộc lấy phiếu khác.")


class InsideRepository(KeysError):
    """A key file must never stand where it could be published with the source code."""

    code = "KEY_INSIDE_REPOSITORY"
    text = _("Không được đặt tệp khóa trong thư mục mã nguồn; đề nghị quý vị chọn nơi khác.")


class KeyFileExists(KeysError):
    """Something stands at this path; a key is never overwritten by a new one."""

    code = "KEY_FILE_EXISTS"
    text = _("Đã có tệp ở vị trí này; khóa cũ không bao giờ bị ghi đè.")


class KeyFileBusy(KeysError):
    """Another command holds the file, or was cut off while it did."""

    code = "KEY_FILE_BUSY"
    text = _("Tệp khóa đang được một lệnh khác dùng; nếu chắc chắn không còn lệnh nào, hãy xóa tệp {lock}.")


class KeyFileMissing(KeysError):
    """No regular file at this path."""

    code = "KEY_FILE_MISSING"
    text = _("Không tìm thấy tệp khóa.")


class KeyReused(KeysError):
    """One key serves two purposes: a blind signature would then sign anything for anybody."""

    code = "KEY_REUSED"
    text = _("Một khóa đang được dùng ở hai nơi ({first} và {second}); mỗi khóa chỉ dùng cho một mục đích.")


class WrongPurpose(KeysError):
    """A key was asked to sign what it is not for."""

    code = "KEY_WRONG_PURPOSE"
    text = _("Khóa này không được dùng để ký nội dung như vậy.")


# --- issuing -----------------------------------------------------------------------------------------------------


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


# --- the committee -----------------------------------------------------------------------------------------------


class BadPrivateMessage(KeysError):
    """A sealed message that is not from its sender, not for this member, or damaged; `where` names the sender."""

    code = "BAD_PRIVATE_MESSAGE"
    text = _("Thông điệp kín không hợp lệ.")


class NotYourTurn(KeysError):
    """The ceremony waits for others."""

    code = "CEREMONY_WAITS"
    text = _("Chưa đến lượt: còn chờ {missing}.")


class SeatTaken(KeysError):
    """Another member already joined under this number."""

    code = "SEAT_TAKEN"
    text = _("Số thứ tự này đã có thành viên khác dùng.")


class NoSuchSeat(KeysError):
    """A member number outside the committee."""

    code = "NO_SUCH_SEAT"
    text = _("Ban kiểm phiếu của đợt này chỉ có {size} thành viên.")


class TranscriptChanged(KeysError):
    """Certificates or commitments differ from those this member answered; somebody replaced them on the way."""

    code = "TRANSCRIPT_CHANGED"
    text = _(
        "Chứng thư hoặc cam kết trong thư mục trao đổi đã bị thay sau khi quý vị trả lời; buổi tạo khóa phải làm lại."
    )


class ShareMissing(KeysError):
    """The key file was made, but the ceremony was never finished with it."""

    code = "SHARE_MISSING"
    text = _("Tệp khóa này chưa có phần khóa: buổi tạo khóa chưa hoàn tất.")


class NotThisTrustee(KeysError):
    """The share is not the one of this committee."""

    code = "NOT_THIS_TRUSTEE"
    text = _("Phần khóa trong tệp không phải của ban kiểm phiếu trong hồ sơ này.")


class RootTooShort(KeysError):
    """Too few digits of the root were typed to mean anything."""

    code = "ROOT_TOO_SHORT"
    text = _("Xin quý vị nhập ít nhất tám nhóm bốn ký tự của mã gốc ghi trên giấy.")


class RootMismatch(KeysError):
    """The record is not the one whose root was copied onto paper."""

    code = "ROOT_MISMATCH"
    text = _("Mã gốc của hồ sơ không khớp mã ghi trên giấy; phần khóa chưa được dùng.")


class OtherRootDecrypted(KeysError):
    """This key has already opened another set of sums; the difference of two sums would be one person's vote."""

    code = "OTHER_ROOT_DECRYPTED"
    text = _("Phần khóa này đã giải mã một kết quả khác của đợt; không bao giờ giải mã lần thứ hai.")
