"""Every refusal about signing documents: one class for each distinct answer, with a code that never changes.

Here live codes and their Vietnamese sentences. Never here: a key, or a PIN.
"""

from __future__ import annotations

from keys.errors import KeysError
from tally.i18n import marked as _


class CannotSign(KeysError):
    """The document has no such empty field, or the signature with its certificates does not fit."""

    code = "CANNOT_SIGN"
    text = _("Không ký được: không có ô trống mang tên này, hoặc chữ ký không vừa chỗ dành sẵn.")


class TimestampRefused(KeysError):
    """The time-stamping authority does not answer, or not as RFC 3161 says."""

    code = "TIMESTAMP_REFUSED"
    text = _("Không lấy được dấu thời gian: {reason}.")


class NotASigner(KeysError):
    """The minutes do not name this member among those who sign."""

    code = "NOT_A_SIGNER"
    text = _("Biên bản không ghi thành viên này trong những người ký.")


class SignedOnPaper(KeysError):
    """The minutes name no certificates: this round's documents are signed by hand."""

    code = "SIGNED_ON_PAPER"
    text = _("Theo biên bản, văn bản của đợt này ký trên giấy.")


class SigningWaits(KeysError):
    """Others sign before this member."""

    code = "SIGNING_WAITS"
    text = _("Chưa đến lượt: còn chờ {member} ký trước.")


class HasSigned(KeysError):
    """This member's signature is there."""

    code = "HAS_SIGNED"
    text = _("Văn bản này đã có chữ ký của {member}.")


class OtherCertificate(KeysError):
    """The certificate is not the one in the member's statement."""

    code = "OTHER_CERTIFICATE"
    text = _("Đây không phải chứng thư mà {member} đã khai cho đợt này.")


class NotThisDocument(KeysError):
    """The file in hand is not what the record gives, nor what the others have signed."""

    code = "NOT_THIS_DOCUMENT"
    text = _("Tệp này khác văn bản lập lại từ hồ sơ; không ký.")


class NothingToSign(KeysError):
    """No document of this name is signed."""

    code = "NOTHING_TO_SIGN"
    text = _("Không có văn bản nào mang tên này cần ký số.")
