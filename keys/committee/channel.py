"""Private messages between trustees: signed by the sender, encrypted to one recipient, in the Belenios form.

Here live a member's two key pairs, derived from one seed, and the sealing and opening of messages. Never here: a
message in clear after its reader has returned, or a file.

`send` writes AES-256-GCM with a 32-byte nonce (Belenios from 3.1 on); `receive` also reads the AES-256-CCM of older
tools, which the test vectors hold. SPEC 4.4; Belenios format 1, threshold trustees.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM

from keys.errors import BadPrivateMessage
from tally.protocol.cipher import Ciphertext
from tally.protocol.encoding import canonical, decode, fields, string
from tally.protocol.errors import BadSignature, Refused
from tally.protocol.group import Point, Q, RandBelow, g_pow, random_scalar
from tally.protocol.messages import Signed
from tally.protocol.proofs import message_prefix, schnorr_sign

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SEED_LENGTH = 22
_LIMIT = 1024 * 1024
_LONG = 64 * 1024


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A secret exponent and its public point."""

    secret: int = field(repr=False)
    public: Point

    @classmethod
    def derive(cls, label: str, seed: str) -> KeyPair:
        """Return the pair whose secret is SHA-256(`label|seed`), big-endian, mod q."""
        digest = hashlib.sha256(f"{label}|{seed}".encode("ascii")).digest()
        secret = int.from_bytes(digest, "big") % Q
        return cls(secret, g_pow(secret))


@dataclass(frozen=True, slots=True)
class MemberKeys:
    """A member's key pairs: `signing` for what it says, `receiving` for what it is told."""

    signing: KeyPair
    receiving: KeyPair

    @classmethod
    def derive(cls, seed: str) -> MemberKeys:
        """Return the pairs of a seed of 22 Base58 characters."""
        return cls(KeyPair.derive("sk", seed), KeyPair.derive("dk", seed))


def random_seed(randbelow: RandBelow = secrets.randbelow) -> str:
    """Draw a fresh seed (128 bits and more)."""
    return "".join(ALPHABET[randbelow(len(ALPHABET))] for _ in range(SEED_LENGTH))


def sign(secret: int, text: str, randbelow: RandBelow = secrets.randbelow) -> Signed:
    """Sign a text as a member."""
    return Signed(text, schnorr_sign(message_prefix(text), secret, randbelow))


def send(sender: KeyPair, recipient: Point, message: str, randbelow: RandBelow = secrets.randbelow) -> str:
    """Seal `message` from `sender` for the holder of `recipient`."""
    envelope = canonical({"recipient": recipient.encode(), "message": message}).decode()
    return _encrypt(recipient, canonical(sign(sender.secret, envelope, randbelow).as_json()), randbelow)


def receive(receiver: KeyPair, sender: Point, sealed: str, where: str) -> str:
    """Open a message and check that `sender` wrote it for this very receiver.

    Raises BadPrivateMessage; `where` names the sender.
    """
    try:
        signed = Signed.parse(decode(_decrypt(receiver, sealed, where), where, limit=_LIMIT), where)
        signed.check(sender, where)
        m = fields(signed.content(where), where, "recipient", "message")
        if m["recipient"] != receiver.public.encode():
            raise BadSignature(where)
        return string(m["message"], where)
    except (Refused, InvalidTag, ValueError):
        raise BadPrivateMessage(where) from None


def _encrypt(recipient: Point, plain: bytes, randbelow: RandBelow) -> str:
    r, k = random_scalar(randbelow), random_scalar(randbelow)
    alpha, mask = g_pow(r), g_pow(k)
    key, nonce = _key_and_nonce(mask, alpha)
    document = {
        "algorithm": "AES-GCM",
        "alpha": alpha.encode(),
        "beta": (recipient**r * mask).encode(),
        "data": AESGCM(key).encrypt(nonce, plain, None).hex(),
    }
    return canonical(document).decode()


def _decrypt(receiver: KeyPair, sealed: str, where: str) -> bytes:
    value: Any = decode(sealed.encode("utf-8"), where, limit=_LIMIT)
    modern = isinstance(value, dict) and "algorithm" in value
    m = fields(value, where, *(("algorithm",) if modern else ()), "alpha", "beta", "data")
    pair = Ciphertext.parse({"alpha": m["alpha"], "beta": m["beta"]}, where)
    key, nonce = _key_and_nonce(pair.beta / pair.alpha**receiver.secret, pair.alpha)
    data = bytes.fromhex(string(m["data"], where))
    if data.hex() != m["data"]:  # capitals or blanks: one member's tool would read them, another's not
        raise BadPrivateMessage(where)
    if modern:
        if m["algorithm"] != "AES-GCM":
            raise BadPrivateMessage(where)
        return AESGCM(key).decrypt(nonce, data, None)
    length = 12 if len(data) - 8 >= _LONG else 13
    return AESCCM(key, tag_length=8).decrypt(nonce[:length], data, None)


def _key_and_nonce(mask: Point, alpha: Point) -> tuple[bytes, bytes]:
    key = hashlib.sha256(f"key|{mask.encode()}".encode("ascii")).digest()
    return key, hashlib.sha256(f"iv|{alpha.encode()}".encode("ascii")).digest()
