"""The signature itself: one CMS envelope over one digest, by one pinned certificate; PAdES, SHA-256, nothing beside it.

Here lives cryptography and the strict reading around it. Never here: trust in a root. Whose certificate it is, says the
member's own statement (SPEC 4.18); a chain and a time are shown, and decide nothing.

A signature covers neither the certificates beside it nor the envelope around it. So certificates are held to their own
signatures, up to a root, and the envelope to the one spelling that its parts have. RFC 5652, ETSI EN 319 142-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, parser
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from tally.i18n import marked as _
from tally.protocol.encoding import sha256_hex
from tally.signed.errors import SignatureBroken, SignerUnknown
from tally.signed.stamp import Stamp, read_stamp

MALFORMED = _("phong bì chữ ký không đúng dạng PAdES")
WEAK = _("thuật toán không phải SHA-256 với RSA từ 2048 bit hoặc ECDSA")
CHANGED = _("nội dung không còn như lúc ký")
FORGED = _("chữ ký không khớp chứng thư")
CHAIN = _("chứng thư kèm theo không phải là chuỗi từ người ký đến gốc")
LEAST_RSA = 2048

_SIGNED_DATA, _DATA, _VERSION_1 = (
    bytes.fromhex(x) for x in ("06092a864886f70d010702", "300b06092a864886f70d010701", "020101")
)
_SHA256 = {bytes.fromhex("300b0609608648016503040201"), bytes.fromhex("300d06096086480165030402010500")}
_Kind = type[rsa.RSAPublicKey] | type[ec.EllipticCurvePublicKey]
_MECHANISMS: dict[bytes, _Kind] = {
    bytes.fromhex("300d06092a864886f70d01010b0500"): rsa.RSAPublicKey,  # sha256WithRSAEncryption
    bytes.fromhex("300a06082a8648ce3d040302"): ec.EllipticCurvePublicKey,  # ecdsa-with-SHA256
}
_CONTENT_TYPE, _DIGEST, _CERTIFICATE = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.16.2.47"
_PROTECTION, _STAMP = "1.2.840.113549.1.9.52", "1.2.840.113549.1.9.16.2.14"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A signature that holds: the certificate, those above it, and the time stamp, if one came with it."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    stamp: Stamp | None


def open_envelope(contents: bytes, digest: bytes, *, pinned: str, member: str, where: str) -> Envelope:
    """Check that `contents`, filled up with zeros, sign this SHA-256 digest with the `pinned` certificate.

    Raises SignatureBroken, SignerUnknown; whatever the bytes are, nothing else.
    """
    try:
        return _open(contents, digest, pinned)
    except _Fault as fault:
        raise SignatureBroken(where, member=member, reason=fault.reason) from None
    except _OtherCertificate:
        raise SignerUnknown(where, member=member) from None
    except Exception:  # what parsers of hostile bytes let through
        raise SignatureBroken(where, member=member, reason=MALFORMED) from None


class _Fault(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _OtherCertificate(Exception):
    pass


def _open(contents: bytes, digest: bytes, pinned: str) -> Envelope:
    length = parser.peek(contents)
    der, filling = contents[:length], contents[length:]
    data = cms.ContentInfo.load(der, strict=True)["content"]
    (info,) = data["signer_infos"]
    if filling.strip(b"\0") or _spelling(data, info) != der:
        raise _Fault(MALFORMED)
    kind = _MECHANISMS.get(info["signature_algorithm"].dump())
    if info["digest_algorithm"].dump() not in _SHA256 or kind is None:
        raise _Fault(WEAK)
    certificate, chain = _certificates(data, info, pinned)
    _check_key(certificate, kind)
    _check_attributes(info)
    own = asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
    intact, valid = validate_sig_integrity(info, own, "data", digest)
    if not valid:
        raise _Fault(FORGED)
    if not intact:
        raise _Fault(CHANGED)
    return Envelope(certificate, chain, _stamp(info))


def _spelling(data: Any, info: Any) -> bytes:
    """Spell the envelope from its parts: no byte of it is left that neither a check nor a signature covers."""
    sid = info["sid"].chosen
    signer = _tlv(
        0x30,
        _VERSION_1, _tlv(0x30, sid["issuer"].dump(), sid["serial_number"].dump()), info["digest_algorithm"].dump(),
        info["signed_attrs"].dump(), info["signature_algorithm"].dump(), _tlv(0x04, info["signature"].native),
        info["unsigned_attrs"].dump(),
    )  # fmt: skip
    certificates = _tlv(0xA0, *(one.dump() for one in data["certificates"]))
    digests = _tlv(0x31, info["digest_algorithm"].dump())
    signed = _tlv(0x30, _VERSION_1, digests, _DATA, certificates, _tlv(0x31, signer))
    return _tlv(0x30, _SIGNED_DATA, _tlv(0xA0, signed))


def _tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(digits))) + digits + body


# --- whose ---------------------------------------------------------------------------------------------------------


def _certificates(data: Any, info: Any, pinned: str) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """Return the signer's certificate, which is the pinned one, and the others, which lead from it to a root."""
    raws = [one.chosen.dump() for one in data["certificates"]]
    mine = [raw for raw in raws if sha256_hex(raw) == pinned]
    if len(mine) != 1:
        raise _OtherCertificate
    own = asn1.Certificate.load(mine[0])
    sid = info["sid"].chosen
    if (sid["issuer"].dump(), sid["serial_number"].dump()) != (
        own.issuer.dump(),
        own["tbs_certificate"]["serial_number"].dump(),
    ):
        raise _OtherCertificate
    return _chain(x509.load_der_x509_certificate(mine[0]), [raw for raw in raws if raw != mine[0]])


def _chain(own: x509.Certificate, raws: list[bytes]) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    left = [x509.load_der_x509_certificate(raw) for raw in raws]
    chain: list[x509.Certificate] = []
    current = own
    while not _issued(current, current):
        issuer = next((one for one in left if _issued(current, one)), None)
        if issuer is None:
            raise _Fault(CHAIN)
        left.remove(issuer)
        chain.append(issuer)
        current = issuer
    if left:
        raise _Fault(CHAIN)
    return own, tuple(chain)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _check_key(certificate: x509.Certificate, kind: _Kind) -> None:
    key = certificate.public_key()
    if not isinstance(key, kind) or (isinstance(key, rsa.RSAPublicKey) and key.key_size < LEAST_RSA):
        raise _Fault(WEAK)


# --- over what -----------------------------------------------------------------------------------------------------


def _check_attributes(info: Any) -> None:
    """Check that exactly the attributes of PAdES are signed, each with one value, and no other is beside them."""
    signed = [one["type"].dotted for one in info["signed_attrs"]]
    wanted = {_CONTENT_TYPE, _DIGEST, _CERTIFICATE}
    if len(signed) != len(set(signed)) or not wanted <= set(signed) <= wanted | {_PROTECTION}:
        raise _Fault(MALFORMED)
    beside = [one["type"].dotted for one in info["unsigned_attrs"]] if info["unsigned_attrs"] else []
    if beside not in ([], [_STAMP]) or any(len(one["values"]) != 1 for one in info["signed_attrs"]):
        raise _Fault(MALFORMED)


def _stamp(info: Any) -> Stamp | None:
    if not info["unsigned_attrs"]:
        return None
    (token,) = info["unsigned_attrs"][0]["values"]
    return read_stamp(token, info["signature"].native)
