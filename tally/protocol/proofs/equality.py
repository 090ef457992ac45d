"""One exponent behind two pairs, log_g X = log_alpha f: that a factor of decryption is what it should be.

Here live Belenios' proof, which hashes neither alpha nor f, and our strong one, which hashes everything, as
length-prefixed bytes with SHA-512. Never here: what is decrypted, or for whom. SPEC 3.6, 3.7.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from tally.protocol.errors import BadProof
from tally.protocol.group import Point, Q, RandBelow, commitment, g_commitment, g_pow, random_scalar
from tally.protocol.proofs.proof import Proof, challenge

STRONG_LABEL = b"phieu-tin-nhiem/v1/decryption"
OPENING_LABEL = b"phieu-tin-nhiem/v1/opening-proof"


def prove_decryption(
    fingerprint: str, public: Point, alpha: Point, secret: int, randbelow: RandBelow = secrets.randbelow
) -> Proof:
    """Make Belenios' decryption proof: log_g X = log_alpha f. It hashes neither alpha nor f; see `prove_strong`."""
    nonce = random_scalar(randbelow)
    c = challenge(_decryption_prefix(fingerprint, public), g_pow(nonce), alpha**nonce)
    return Proof(c, (nonce - secret * c) % Q)


def check_decryption(fingerprint: str, public: Point, *, alpha: Point, factor: Point, proof: Proof, where: str) -> None:
    """Check Belenios' decryption proof.

    Raises BadProof. Source: SPEC 3.6.
    """
    a = g_commitment(proof.response, public, proof.challenge)
    b = commitment(alpha, proof.response, factor, proof.challenge)
    if challenge(_decryption_prefix(fingerprint, public), a, b) != proof.challenge:
        raise BadProof(where)


def _decryption_prefix(fingerprint: str, public: Point) -> str:
    return f"decrypt|{fingerprint}|{public.encode()}|"


@dataclass(frozen=True, slots=True)
class Equality:
    """A claim log_g public = log_alpha factor, in a context of named, already encoded fields."""

    label: bytes
    context: tuple[bytes, ...]
    public: Point
    alpha: Point
    factor: Point

    def challenge(self, a: Point, b: Point) -> int:
        """Return SHA-512(label ‖ length-prefixed fields), big-endian, mod q: everything is hashed. SPEC 3.7."""
        digest = hashlib.sha512(self.label)
        points = (self.public.raw, self.alpha.raw, self.factor.raw, a.raw, b.raw)
        for field in (*self.context, *points):
            digest.update(len(field).to_bytes(8, "big") + field)
        return int.from_bytes(digest.digest(), "big") % Q


def prove_strong(claim: Equality, secret: int, randbelow: RandBelow = secrets.randbelow) -> Proof:
    """Prove `claim` with everything in the hash."""
    nonce = random_scalar(randbelow)
    c = claim.challenge(g_pow(nonce), claim.alpha**nonce)
    return Proof(c, (nonce - secret * c) % Q)


def check_strong(claim: Equality, proof: Proof, where: str) -> None:
    """Check a proof of `prove_strong`.

    Raises BadProof. Source: SPEC 3.7.
    """
    a = g_commitment(proof.response, claim.public, proof.challenge)
    b = commitment(claim.alpha, proof.response, claim.factor, proof.challenge)
    if claim.challenge(a, b) != proof.challenge:
        raise BadProof(where)
