"""Every refusal of the tally: one class for each distinct answer, with a code that never changes.

Here live codes and their Vietnamese sentences. Never here: a secret, a choice, or a decision to go on.

A refusal names the place (`where`) and says what is wrong there. Raise it, never return it:

    raise NotListed(where="ballot 7")

The code is what programs, tests and the specification (SPEC 8) refer to; the sentence is for people.
"""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from tally.i18n import marked as _
from tally.i18n import translate


class CodedError(Exception):
    """What every error of the project has: a stable code, a sentence with places for details, the place it is about."""

    code: ClassVar[str]
    text: ClassVar[str]

    def __init__(self, where: str = "", **details: object) -> None:
        super().__init__(where)
        self.where = where
        self.details = details

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.where, self.details))

    def __str__(self) -> str:
        details = {name: one_line(translate(str(value))) for name, value in self.details.items()}
        sentence = translate(self.text).format(**details)
        return f"{one_line(self.where)}: {sentence}" if self.where else sentence


def _rebuild(kind: type[CodedError], where: str, details: dict[str, object]) -> CodedError:
    return kind(where, **details)


def one_line(untrusted: str) -> str:
    """Return a text that came from a file with every control, line break and invisible mark shown as a box."""
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in hidden else c for c in untrusted)


class TallyError(CodedError):
    """Root of all errors of this package. `where` names the file, entry or field."""

    code = "TALLY_ERROR"
    text = _("Không thực hiện được.")


class Refused(TallyError):
    """Something was looked at and found wrong: never to be counted."""

    code = "REFUSED"


class Incomplete(TallyError):
    """Nothing is wrong so far, but the end is missing: never to be called verified."""

    code = "INCOMPLETE"
    text = _("Hồ sơ chưa đầy đủ: còn thiếu {missing}.")


# --- reading bytes -----------------------------------------------------------------------------------------------


class TooLarge(Refused):
    """The input is over its size limit."""

    code = "TOO_LARGE"
    text = _("Dữ liệu lớn quá giới hạn {limit} byte.")


class NotJson(Refused):
    """The bytes are not one strict JSON value."""

    code = "NOT_JSON"
    text = _("Không phải JSON hợp lệ.")


class DuplicateKey(Refused):
    """A JSON object names one key twice."""

    code = "DUPLICATE_KEY"
    text = _("Một khóa JSON xuất hiện hai lần.")


class TooDeep(Refused):
    """JSON nested deeper than any file of ours."""

    code = "TOO_DEEP"
    text = _("JSON lồng nhau quá sâu.")


class NotCanonical(Refused):
    """Readable, but not written in the one permitted way."""

    code = "NOT_CANONICAL"
    text = _("Dữ liệu không ở dạng chuẩn duy nhất.")


class WrongShape(Refused):
    """A field is missing, extra, out of order or of another type."""

    code = "WRONG_SHAPE"
    text = _("Sai cấu trúc: cần {expected}.")


class BadText(Refused):
    """Text with forbidden characters, or not in NFC."""

    code = "BAD_TEXT"
    text = _("Văn bản có ký tự không được phép hoặc không ở dạng Unicode NFC.")


class BadPoint(Refused):
    """Not the canonical encoding of a point of the prime-order subgroup."""

    code = "BAD_POINT"
    text = _("Không phải phần tử hợp lệ của nhóm Ed25519.")


class IdentityPoint(Refused):
    """The identity where it would void the cryptography."""

    code = "IDENTITY_POINT"
    text = _("Phần tử đơn vị không được phép ở đây.")


class BadScalar(Refused):
    """Not a decimal number below the group order."""

    code = "BAD_SCALAR"
    text = _("Không phải số thập phân hợp lệ nhỏ hơn cấp của nhóm.")


class BadHash(Refused):
    """Not 64 lower-case hexadecimal digits."""

    code = "BAD_HASH"
    text = _("Không phải mã băm 64 chữ số thập lục phân.")


# --- proofs and signatures -----------------------------------------------------------------------------------------


class BadProof(Refused):
    """A zero-knowledge proof does not verify."""

    code = "BAD_PROOF"
    text = _("Chứng minh không đúng.")


class BadSignature(Refused):
    """A signature does not verify under the key it should."""

    code = "BAD_SIGNATURE"
    text = _("Chữ ký không đúng.")


# --- ballots -------------------------------------------------------------------------------------------------------


class WrongElection(Refused):
    """A ballot made for another round."""

    code = "WRONG_ELECTION"
    text = _("Phiếu thuộc về một đợt khác.")


class NotListed(Refused):
    """The credential is not on the final list."""

    code = "CREDENTIAL_NOT_LISTED"
    text = _("Thẻ không có trong danh sách đã chốt.")


class CredentialVoid(Refused):
    """The credential was voided."""

    code = "CREDENTIAL_VOID"
    text = _("Thẻ đã bị hủy.")


class AlreadyCast(Refused):
    """A second ballot under one credential."""

    code = "ALREADY_CAST"
    text = _("Thẻ này đã bỏ phiếu.")


class DuplicateBallot(Refused):
    """The same ballot twice."""

    code = "DUPLICATE_BALLOT"
    text = _("Một phiếu xuất hiện hai lần.")


class DuplicateCiphertext(Refused):
    """A ciphertext that another ballot of the round already holds: a copied vote."""

    code = "DUPLICATE_CIPHERTEXT"
    text = _("Bản mã đã có trong một phiếu khác: phiếu bị sao chép.")


class BadCode(Refused):
    """A slip code that was mistyped or never existed."""

    code = "BAD_CODE"
    text = _("Mã trên thẻ chưa đúng. Xin quý vị kiểm tra lại từng nhóm bốn ký tự.")


class BadChoice(Refused):
    """Choices that no ballot of this question can hold."""

    code = "BAD_CHOICE"
    text = _("Lựa chọn không phù hợp với mẫu phiếu.")


# --- archive and record --------------------------------------------------------------------------------------------


class BadArchive(Refused):
    """The archive is not the one spelling of its contents."""

    code = "BAD_ARCHIVE"
    text = _("Kho lưu trữ sai định dạng: {reason}.")


class WrongOrder(Refused):
    """Events of the archive in an order that no election has."""

    code = "WRONG_ORDER"
    text = _("Sai trình tự sự kiện: gặp {found}.")


class UnsupportedElection(Refused):
    """Another group, version or kind of question."""

    code = "UNSUPPORTED_ELECTION"
    text = _("Không hỗ trợ: {what}.")


class Mismatch(Refused):
    """Two places that must agree do not."""

    code = "MISMATCH"
    text = _("Không khớp với {other}.")


class OriginUnproven(Refused):
    """The manifest is not the one whose hash stands on paper."""

    code = "WRONG_MANIFEST"
    text = _("Mã băm của bản niêm phong không phải mã trên giấy.")


class NotSorted(Refused):
    """Entries out of order, or twice."""

    code = "NOT_SORTED"
    text = _("Danh sách không theo thứ tự tăng dần hoặc có mục trùng.")


class WrongCount(Refused):
    """A number that the rest of the record contradicts."""

    code = "WRONG_COUNT"
    text = _("Số {found} không khớp, phải là {expected}.")


class TooFewBallots(Refused):
    """Below the minimum under which a sum would reveal persons."""

    code = "TOO_FEW_BALLOTS"
    text = _("Chỉ có {found} phiếu, ít hơn mức tối thiểu {minimum}; mở kết quả sẽ làm lộ người bỏ phiếu.")


class TooManyBallots(Refused):
    """More ballots than slips."""

    code = "TOO_MANY_BALLOTS"
    text = _("Thu về {returned} phiếu, nhiều hơn số phát ra {issued}.")


# --- trustees and decryption ---------------------------------------------------------------------------------------


class BadTrustee(Refused):
    """A message of the key ceremony that is wrong; `where` names its sender."""

    code = "BAD_TRUSTEE_MESSAGE"
    text = _("Thông điệp của thành viên không đúng: {reason}.")


class ConflictOfInterest(Refused):
    """Somebody with a rated official's name holds a key or an office of the round, and no written exception says so."""

    code = "CONFLICT_OF_INTEREST"
    text = _(
        "{name} trùng tên người được lấy phiếu trong đợt này nên không được giữ khóa hay nhiệm vụ trong đợt. "
        "Nếu là hai người khác nhau, hai người của ban tổ chức ghi ngoại lệ trước khi nhận khóa của ban kiểm phiếu."
    )


class BadDecryption(Refused):
    """A partial decryption whose factor or proof is wrong; `where` names the trustee."""

    code = "BAD_DECRYPTION"
    text = _("Phần giải mã không đúng.")


class NoStrongProof(Refused):
    """A partial decryption without the proof that binds ciphertext and factor."""

    code = "NO_STRONG_PROOF"
    text = _("Phần giải mã thiếu chứng minh mạnh.")


class NoSolution(Refused):
    """A decrypted sum outside [0, number of ballots]."""

    code = "NO_SOLUTION"
    text = _("Tổng giải mã không nằm trong khoảng từ 0 đến {bound}.")
