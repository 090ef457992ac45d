"""EMSA-PSS encoding with SHA-384 (RFC 8017, 9.1.1), which blinding needs before there is a signature to verify.

Here lives the encoding alone. Never here: its inverse, for verification is left to a library that many eyes read.
"""

from __future__ import annotations

import hashlib

HASH_LENGTH = 48


def emsa_pss_encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """Return the encoded message, `bits` long (one less than the modulus), in whole bytes.

    `bits` must leave room for hash, salt and two bytes. Source: RFC 8017, 9.1.1.
    """
    length = (bits + 7) // 8
    digest = hashlib.sha384(message).digest()  # step 2
    h = hashlib.sha384(bytes(8) + digest + salt).digest()  # steps 5-6
    block = bytes(length - len(salt) - HASH_LENGTH - 2) + b"\x01" + salt  # steps 7-8
    mask = mgf1(h, len(block))  # step 9
    masked = int.from_bytes(block) ^ int.from_bytes(mask)  # step 10
    masked &= (1 << (bits - 8 * (HASH_LENGTH + 1))) - 1  # step 11: clear the leftmost 8 * length - bits bits
    return masked.to_bytes(len(block)) + h + b"\xbc"  # steps 12-13


def mgf1(seed: bytes, length: int) -> bytes:
    """Return a mask of `length` bytes. Source: RFC 8017, B.2.1 with SHA-384."""
    blocks = (hashlib.sha384(seed + i.to_bytes(4)).digest() for i in range(-(-length // HASH_LENGTH)))
    return b"".join(blocks)[:length]
