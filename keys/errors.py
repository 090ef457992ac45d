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


class PassphraseWeak(KeysError):
    """Long enough, but among the first that somebody who guesses would try."""

    code = "PASSPHRASE_WEAK"
    text = _("Mật khẩu này dễ đoán; đề nghị quý vị ghép nhiều từ không liên quan, hoặc dùng lệnh `keys passphrase`.")


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


class KeyFileExposed(KeysError):
    """Other users of this machine may read or change the file."""

    code = "KEY_FILE_EXPOSED"
    text = _("Người khác trên máy này đọc được hoặc sửa được tệp khóa. Quý vị hãy chạy: {command}")


class KeyFolderExposed(KeysError):
    """Anybody may remove what lies in the folder and put something else in its place."""

    code = "KEY_FOLDER_EXPOSED"
    text = _("Ai cũng có thể xóa hoặc thay tệp trong thư mục chứa khóa. Quý vị hãy chạy: {command}")


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


class BadPrivateMessage(KeysError):
    """A sealed message that is not from its sender, not for this member, or damaged; `where` names the sender."""

    code = "BAD_PRIVATE_MESSAGE"
    text = _("Thông điệp kín không hợp lệ.")


class BadRecipient(KeysError):
    """Not a recipient of backups in its one spelling: a digit was lost or changed in copying."""

    code = "BAD_RECIPIENT"
    text = _("Mã người nhận bản sao lưu không đúng; đề nghị quý vị chép lại từ lệnh `keys backup show`.")


class BadSealedBackup(KeysError):
    """The stream's key does not open: the file was changed, or it was made for another recipient."""

    code = "BAD_SEALED_BACKUP"
    text = _("Bản sao lưu không mở được bằng khóa này.")


# --- tokens ------------------------------------------------------------------------------------------------------


class Pkcs11Missing(KeysError):
    """The library that speaks to tokens is an extra and was not installed."""

    code = "PKCS11_MISSING"
    text = _(
        "Chưa cài phần giao tiếp với thiết bị giữ khóa (PKCS#11); xin chạy trong thư mục mã nguồn của phần mềm: "
        "pip install '.[hsm]'."
    )


class TokenMissing(KeysError):
    """No such PKCS#11 library, or it sees no token of this label."""

    code = "TOKEN_MISSING"
    text = _("Không tìm thấy thiết bị giữ khóa, hoặc thư viện PKCS#11 của thiết bị.")


class TokenKeyMissing(KeysError):
    """The token holds no key, or certificate, of this label: never made, already destroyed, or another token."""

    code = "TOKEN_KEY_MISSING"
    text = _("Trong thiết bị không có khóa hoặc chứng thư mang nhãn này.")


class TokenKeyExists(KeysError):
    """The token holds a key of this label; a key is never overwritten by a new one."""

    code = "TOKEN_KEY_EXISTS"
    text = _("Trong thiết bị đã có khóa của cuộc lấy phiếu và bên cấp phiếu này; khóa cũ không bao giờ bị ghi đè.")


class TokenRefused(KeysError):
    """The token does not do what was asked: a wrong PIN, no such mechanism, a key that could leave it."""

    code = "TOKEN_REFUSED"
    text = _("Thiết bị giữ khóa từ chối: {reason}.")
