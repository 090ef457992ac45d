"""A person's identity in a PKCS#11 token: the certificate is read out, the key stays and signs where it is.

Here lives the reading of certificates from a token and the signing of one report. Never here: a session left open; a
person pulls the token out when done.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from keys.certificates.errors import CertificateUnreadable
from keys.certificates.identity import Identity
from keys.errors import TokenKeyMissing
from keys.token import Token, logged_in, pkcs11


@dataclass(frozen=True, slots=True)
class TokenKey:
    """The private key that belongs to a certificate in a token: it logs in for each signature and out again."""

    token: Token
    key_id: bytes
    is_rsa: bool

    def sign(self, message: bytes, *_arguments: Any) -> bytes:
        """Return a signature over SHA-256 of a message. Raises TokenKeyMissing, and what `keys.token.log_in` raises."""
        library = pkcs11()
        attribute, mechanism = library.Attribute, library.Mechanism
        with logged_in(self.token) as session, session.calling() as raw:
            wanted = {attribute.CLASS: library.ObjectClass.PRIVATE_KEY, attribute.ID: self.key_id}
            found = list(raw.get_objects(wanted))
            if len(found) != 1:
                raise TokenKeyMissing(self.token.label)
            if self.is_rsa:
                return bytes(found[0].sign(message, mechanism=mechanism.SHA256_RSA_PKCS))
            plain = bytes(found[0].sign(hashlib.sha256(message).digest(), mechanism=mechanism.ECDSA))
        half = len(plain) // 2
        return encode_dss_signature(int.from_bytes(plain[:half]), int.from_bytes(plain[half:]))


def open_token_identity(token: Token, label: str) -> Identity:
    """Return the identity whose certificate has this label; the token's other certificates are its chain.

    Raises TokenKeyMissing, CertificateUnreadable, and what `keys.token.log_in` raises.
    """
    library = pkcs11()
    attribute = library.Attribute
    with logged_in(token) as session, session.calling() as raw:
        objects = list(raw.get_objects({attribute.CLASS: library.ObjectClass.CERTIFICATE}))
        held = [(one[attribute.LABEL], bytes(one[attribute.ID]), bytes(one[attribute.VALUE])) for one in objects]
    mine = [(key_id, raw) for name, key_id, raw in held if name == label]
    if len(mine) != 1:
        raise TokenKeyMissing(token.label)
    key_id, raw = mine[0]
    certificate = _read(raw, label)
    chain = tuple(_read(other, label) for _name, _id, other in held if other != raw)
    return Identity(certificate, chain, TokenKey(token, key_id, isinstance(certificate.public_key(), rsa.RSAPublicKey)))


def _read(raw: bytes, label: str) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(raw)
    except ValueError:
        raise CertificateUnreadable(label) from None
