"""Schnorr signatures, and knowledge of a key proved by one: the same equation under different prefixes.

Here live making and checking, and the prefixes. Never here: who must sign what. SPEC 3.3.
"""

from __future__ import annotations

import secrets

from tally.protocol.errors import BadSignature
from tally.protocol.group import NAME, Point, Q, RandBelow, g_commitment, g_pow, random_scalar
from tally.protocol.proofs.proof import Proof, challenge


def schnorr_sign(prefix: str, secret: int, randbelow: RandBelow = secrets.randbelow) -> Proof:
    """Sign (or prove knowledge of `secret`): c = H(prefix, g^w), r = w − secret·c."""
    nonce = random_scalar(randbelow)
    c = challenge(prefix, g_pow(nonce))
    return Proof(c, (nonce - secret * c) % Q)


def schnorr_check(prefix: str, public: Point, proof: Proof, where: str) -> None:
    """Check a Schnorr signature under `public`.

    Raises BadSignature. Source: SPEC 3.3.
    """
    if challenge(prefix, g_commitment(proof.response, public, proof.challenge)) != proof.challenge:
        raise BadSignature(where)


def ballot_signature_prefix(ballot_hash: str) -> str:
    """Return the text signed by a ballot's credential; `ballot_hash` in Base64Compact."""
    return f"sig|{ballot_hash}|"


def message_prefix(message: str) -> str:
    """Return the text signed in a ceremony's signed message."""
    return f"sigmsg|{message}|"


def knowledge_prefix(public: Point) -> str:
    """Return the text hashed when a trustee proves knowledge of the key behind `public`."""
    return f"pok|{NAME}|{public.encode()}|"
