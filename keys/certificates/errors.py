"""Every refusal about certificates: one class for each distinct answer, with a code that never changes.

Here live codes and their Vietnamese sentences. Never here: a key, a passphrase, or a decision whom to trust.
"""

from __future__ import annotations

from keys.errors import KeysError
from tally.i18n import marked as _


class BadHost(KeysError):
    """Not a host name in lower-case ASCII, nor an address that a server can have."""

    code = "BAD_HOST"
    text = _("Không phải tên máy hoặc địa chỉ IP dùng được cho máy chủ.")


class AuthorityForbids(KeysError):
    """A host outside the name constraints, or a day outside the life, of the authority."""

    code = "AUTHORITY_FORBIDS"
    text = _("Cơ quan chứng thực này không được phép hoặc không còn hạn để cấp chứng thư như vậy.")


class BadSubject(KeysError):
    """A name in a certificate that is empty, too long for X.520, or not plain text."""

    code = "BAD_SUBJECT"
    text = _("Tên ghi trong chứng thư phải là chữ, từ 1 đến 64 ký tự.")


class PassphraseNotPlain(KeysError):
    """Programs disagree on how a PKCS#12 passphrase beyond ASCII is spelt; such a file may not open elsewhere."""

    code = "PASSPHRASE_NOT_PLAIN"
    text = _("Mật khẩu của tệp PKCS#12 chỉ được gồm chữ không dấu, số và dấu câu trên bàn phím tiếng Anh.")


class NoSuchCertificate(KeysError):
    """The authority has issued no certificate of this serial number."""

    code = "NO_SUCH_CERTIFICATE"
    text = _("Cơ quan chứng thực này chưa cấp chứng thư mang số hiệu đó.")


class CertificateUnreadable(KeysError):
    """Not a certificate, or a file of identities without exactly one key and its certificate."""

    code = "CERTIFICATE_UNREADABLE"
    text = _("Không đọc được chứng thư và khóa trong tệp này.")


class CertificateFault(KeysError):
    """Root of what can be wrong with a person's signing certificate; `where` is its serial number."""

    code = "CERTIFICATE_FAULT"
    text = _("Chứng thư này không dùng để ký báo cáo được.")


class CertificateNotYetValid(CertificateFault):
    """Its life begins later than the moment of signing."""

    code = "CERTIFICATE_NOT_YET_VALID"
    text = _("Chứng thư chưa có hiệu lực; hiệu lực từ {start} (giờ UTC).")


class CertificateExpired(CertificateFault):
    """Its life ended before the moment of signing."""

    code = "CERTIFICATE_EXPIRED"
    text = _("Chứng thư đã hết hạn từ {end} (giờ UTC).")


class CertificateWrongUse(CertificateFault):
    """Its key usage, or its extended key usage, does not cover the signing of documents."""

    code = "CERTIFICATE_WRONG_USE"
    text = _("Chứng thư không được cấp để ký văn bản: {missing}.")


class CertificateWeak(CertificateFault):
    """Signed with a broken hash, or over a key too short or of a kind that viewers do not verify."""

    code = "CERTIFICATE_WEAK"
    text = _("Chứng thư dùng thuật toán yếu hoặc không được hỗ trợ: {algorithm}.")


class CertificateChainBroken(CertificateFault):
    """The certificates that came with it do not lead from it to a root."""

    code = "CERTIFICATE_CHAIN_BROKEN"
    text = _("Thiếu hoặc sai chứng thư của cơ quan chứng thực đã cấp chứng thư này.")


class CertificateRevoked(CertificateFault):
    """The authority has taken it back."""

    code = "CERTIFICATE_REVOKED"
    text = _("Chứng thư đã bị thu hồi.")
