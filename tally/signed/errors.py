"""Every refusal about a signed document: one class for each distinct finding, with a code that never changes.

Here live codes and their Vietnamese sentences. Never here: a look into a file, or a decision whom to trust.

`where` names the document; `member` is the name and the field of whoever should have signed there.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import Refused


class SignedUnreadable(Refused):
    """Not a PDF as this program writes it: cut off, too large, encrypted, or built in another way."""

    code = "SIGNED_UNREADABLE"
    text = _("Không đọc được tệp đã ký như một văn bản do chương trình này lập: {reason}.")


class SignedDiffers(Refused):
    """What was signed is not the document that the record and its minutes give."""

    code = "SIGNED_DIFFERS"
    text = _("Văn bản đã ký khác văn bản lập lại từ hồ sơ: {how}.")


class SignedExtra(Refused):
    """The file holds a thing that no document of ours has: a script, an annotation, a field, a file, a reference."""

    code = "SIGNED_EXTRA"
    text = _("Tệp chứa thứ mà văn bản của chương trình này không có: {what}.")


class SignatureMissing(Refused):
    """A member who signs has not."""

    code = "SIGNATURE_MISSING"
    text = _("Thiếu chữ ký của {member}.")


class SignatureBroken(Refused):
    """The bytes are not those that were signed, or the signature itself is malformed or made with weak means."""

    code = "SIGNATURE_BROKEN"
    text = _("Chữ ký của {member} không đúng: {reason}.")


class SignerUnknown(Refused):
    """Signed with a certificate that is not the one in the member's own statement."""

    code = "SIGNER_UNKNOWN"
    text = _("Chữ ký ở ô của {member} không bằng chứng thư mà chính người đó đã khai.")


class SignatureOrder(Refused):
    """Out of turn, or not with the part that this turn has: the first certifies, the last locks."""

    code = "SIGNATURE_ORDER"
    text = _("Chữ ký của {member} sai lượt hoặc sai phần việc của lượt đó: {reason}.")


class SignedChangedAfter(Refused):
    """A revision changes more than the one field that it signs, or comes after the signature that locks."""

    code = "SIGNED_CHANGED_AFTER"
    text = _("Tệp bị thay đổi ngoài việc ký: {what}.")
