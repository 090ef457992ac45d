"""Schnorr signatures and the strong proof: each holds for one purpose and one claim, and for no other.

Here live the equations with chosen inputs. Never here: a factor of a tally (test_decryption.py).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from tally.protocol.errors import BadProof, BadSignature
from tally.protocol.group import Q, g_pow
from tally.protocol.proofs import (
    Equality,
    ballot_signature_prefix,
    check_strong,
    knowledge_prefix,
    message_prefix,
    prove_strong,
    schnorr_check,
    schnorr_sign,
)

SECRET = 12345
KEY = g_pow(SECRET)
PREFIXES = [ballot_signature_prefix("abc"), message_prefix("abc"), knowledge_prefix(KEY)]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_signature_holds_for_its_own_purpose_and_text_only(prefix: str) -> None:
    signature = schnorr_sign(prefix, SECRET)
    schnorr_check(prefix, KEY, signature, "signature")
    for other in (*PREFIXES, "", prefix[:-1], prefix.upper()):
        if other != prefix:
            with pytest.raises(BadSignature):
                schnorr_check(other, KEY, signature, "signature")


def test_a_signature_of_another_key_is_refused() -> None:
    signature = schnorr_sign(PREFIXES[0], SECRET)
    for public in (g_pow(SECRET + 1), KEY**2, g_pow(1)):
        with pytest.raises(BadSignature):
            schnorr_check(PREFIXES[0], public, signature, "signature")


def test_the_prefixes_are_those_of_the_format() -> None:
    assert ["sig|abc|", "sigmsg|abc|", f"pok|Ed25519|{KEY.encode()}|"] == PREFIXES


# --- the strong proof ---------------------------------------------------------------------------------------------

ALPHA = g_pow(777)
CLAIM = Equality(b"label", (b"one", b"", b"three"), KEY, ALPHA, ALPHA**SECRET)


def test_the_challenge_is_sha_512_over_fields_with_their_lengths() -> None:
    a, b = g_pow(5), g_pow(6)
    fields = [b"one", b"", b"three", KEY.raw, ALPHA.raw, (ALPHA**SECRET).raw, a.raw, b.raw]
    hashed = hashlib.sha512(b"label" + b"".join(len(f).to_bytes(8, "big") + f for f in fields)).digest()
    assert CLAIM.challenge(a, b) == int.from_bytes(hashed, "big") % Q


OTHERS = {
    "label": replace(CLAIM, label=b"label2"),
    "field changed": replace(CLAIM, context=(b"one", b"x", b"three")),
    "field taken out": replace(CLAIM, context=(b"one", b"three")),
    "bytes moved": replace(CLAIM, context=(b"onet", b"", b"hree")),
    "fields swapped": replace(CLAIM, context=(b"three", b"", b"one")),
    "public": replace(CLAIM, public=g_pow(SECRET + 1)),
    "alpha": replace(CLAIM, alpha=g_pow(778)),
    "factor": replace(CLAIM, factor=ALPHA ** (SECRET + 1)),
}


def test_a_strong_proof_of_its_own_claim_is_believed() -> None:
    check_strong(CLAIM, prove_strong(CLAIM, SECRET), "proof")


@pytest.mark.parametrize("other", OTHERS)
def test_a_strong_proof_of_another_claim_is_refused(other: str) -> None:
    with pytest.raises(BadProof):
        check_strong(OTHERS[other], prove_strong(CLAIM, SECRET), "proof")
