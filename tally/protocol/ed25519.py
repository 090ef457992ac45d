"""Ed25519 signatures as everybody checks them: those of the box, of issuers, of sites, of the log.

Here lives the one check. Never here: what is signed, or a private key; who signs hands in a `Sign`. RFC 8032, 5.1.7.
"""

from __future__ import annotations

from collections.abc import Callable

from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

from tally.protocol.errors import BadSignature

Sign = Callable[[bytes], bytes]
"""Takes a message and returns 64 bytes."""


def check_ed25519(message: bytes, *, key: str, signature: str, where: str) -> None:
    """Check a signature (hex) under a key (hex, not reversed as points are). Raises BadSignature."""
    try:
        VerifyKey(bytes.fromhex(key)).verify(message, bytes.fromhex(signature))
    except (CryptoError, ValueError):
        raise BadSignature(where) from None
