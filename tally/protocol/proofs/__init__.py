"""Zero-knowledge proofs and Schnorr signatures: how each is made and how each is checked.

Here live the equations, with the exact strings that are hashed. Never here: whole files, or who must prove what.

    proof.py      a proof as a value: challenge and response; Belenios' hash
    one_of.py     a ciphertext holds one of several numbers, without saying which (ballots)
    schnorr.py    a signature; knowledge of a key (credentials, ceremony)
    equality.py   one exponent behind two pairs: Belenios' decryption proof, and our strong one

A check raises or returns nothing. SPEC 3.3–3.7.
"""

from __future__ import annotations

from tally.protocol.proofs.equality import (
    OPENING_LABEL,
    STRONG_LABEL,
    Equality,
    check_decryption,
    check_strong,
    prove_decryption,
    prove_strong,
)
from tally.protocol.proofs.one_of import (
    OneOf,
    Statement,
    Witness,
    check_claims,
    check_one_of,
    prove_number,
    prove_one_of,
)
from tally.protocol.proofs.proof import Proof, challenge
from tally.protocol.proofs.schnorr import (
    ballot_signature_prefix,
    knowledge_prefix,
    message_prefix,
    schnorr_check,
    schnorr_sign,
)

__all__ = [
    "OPENING_LABEL", "STRONG_LABEL", "Equality", "OneOf", "Proof", "Statement", "Witness", "ballot_signature_prefix",
    "challenge", "check_claims", "check_decryption", "check_one_of", "check_strong", "knowledge_prefix",
    "message_prefix", "prove_decryption", "prove_number", "prove_one_of", "prove_strong", "schnorr_check",
    "schnorr_sign",
]  # fmt: skip
