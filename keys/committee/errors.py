"""Every refusal of the committee's key: one class for each distinct answer, with a code that never changes.

Here live codes and their Vietnamese sentences. Never here: a share, a seed, or part of either.
"""

from __future__ import annotations

from keys.errors import KeysError
from tally.i18n import marked as _


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


class TooFewWitnesses(KeysError):
    """Fewer witnesses signed the box's last word than the member asks for."""

    code = "TOO_FEW_WITNESSES"
    text = _("Tờ chốt mới có {found} người chứng kiến ký; quý vị yêu cầu ít nhất {needed}. Phần khóa chưa được dùng.")


class KeyHasServed(KeysError):
    """The key has decrypted a result: its end is signed for, not only carried out."""

    code = "KEY_HAS_SERVED"
    text = _("Khóa này đã giải mã kết quả của đợt; khi hủy phải có bản khai: hãy dùng --record và --out.")


class RecordNeeded(KeysError):
    """A share is destroyed over a record that has its result, or was never used."""

    code = "RECORD_NEEDED"
    text = _("Hãy cho --record (hồ sơ đã có kết quả) và --out (tệp bản khai); khóa chưa từng dùng thì cho --unused.")


class NotCalled(KeysError):
    """The member did not take the first opening test, and another test is over the same call."""

    code = "NOT_CALLED"
    text = _("Quý vị không có trong lần thử khóa đầu tiên nên không thử lại được.")


class OtherRootDecrypted(KeysError):
    """This key has already opened another set of sums; the difference of two sums would be one person's vote."""

    code = "OTHER_ROOT_DECRYPTED"
    text = _("Phần khóa này đã giải mã một kết quả khác của đợt; không bao giờ giải mã lần thứ hai.")
