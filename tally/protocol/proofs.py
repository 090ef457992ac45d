"""Zero-knowledge proofs and Schnorr signatures: how each is made and how each is checked.

Here live the equations, with the exact strings that are hashed. Never here: whole files, or who must prove what.

Belenios hashes text: `H(prefix, e1, …)` is SHA-256 of `prefix` followed by the hex of the points joined by commas, read
big-endian, mod q. Our own strong proof hashes length-prefixed bytes with SHA-512. A check raises or returns nothing.
SPEC 3.3–3.7.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tally.protocol.cipher import Ciphertext, without
from tally.protocol.encoding import array, fields
from tally.protocol.errors import BadProof, BadSignature
from tally.protocol.group import (
    NAME,
    Branches,
    G,
    Point,
    Q,
    RandBelow,
    branch_commitments,
    commitment,
    decode_scalar,
    g_commitment,
    g_pow,
    random_scalar,
)

STRONG_LABEL = b"phieu-tin-nhiem/v1/decryption"
OPENING_LABEL = b"phieu-tin-nhiem/v1/opening-proof"


@dataclass(frozen=True, slots=True)
class Proof:
    """A challenge and a response, both in [0, q)."""

    challenge: int
    response: int

    @classmethod
    def parse(cls, value: Any, where: str) -> Proof:
        """Read {"challenge","response"}."""
        m = fields(value, where, "challenge", "response")
        return cls(
            decode_scalar(m["challenge"], f"{where}.challenge"), decode_scalar(m["response"], f"{where}.response")
        )

    @classmethod
    def parse_list(cls, value: Any, where: str, length: int) -> tuple[Proof, ...]:
        """Read an array of exactly `length` proofs."""
        return tuple(cls.parse(v, f"{where}[{i}]") for i, v in enumerate(array(value, where, length)))

    def as_json(self) -> dict[str, str]:
        """Return {"challenge","response"} in decimal."""
        return {"challenge": str(self.challenge), "response": str(self.response)}


def challenge(prefix: str, *points: Point) -> int:
    """Return Belenios' H: SHA-256 of the text, big-endian, mod q."""
    text = prefix + ",".join(point.encode() for point in points)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest(), "big") % Q


# --- one of several encryptions -----------------------------------------------------------------------------------

Statement = tuple[Ciphertext, int]  # "this ciphertext encrypts this number"


@dataclass(frozen=True, slots=True)
class Witness:
    """Which statement is true (by its place) and the randomness of that statement's ciphertext. Secret."""

    true_branch: int
    randomness: int

    def __repr__(self) -> str:
        return "Witness(…)"


def prove_one_of(
    tag: str,
    key: Point,
    statements: Sequence[Statement],
    witness: Witness,
    randbelow: RandBelow = secrets.randbelow,
) -> tuple[Proof, ...]:
    """Prove that one of `statements` holds without saying which; proofs come in the order of the statements.

    Every branch costs the same operations, so time does not tell the choice. Source: SPEC 3.4.
    """
    simulated = [Proof(randbelow(Q), randbelow(Q)) for _ in statements]
    nonce = random_scalar(randbelow)
    points: list[Point] = []
    for place, (statement, proof) in enumerate(zip(statements, simulated, strict=True)):
        false_branch = _or_commitments(key, statement, proof)
        true_branch = (g_pow(nonce), key**nonce)
        points.extend(true_branch if place == witness.true_branch else false_branch)
    others = sum(p.challenge for place, p in enumerate(simulated) if place != witness.true_branch)
    c = (challenge(tag, *points) - others) % Q
    simulated[witness.true_branch] = Proof(c, (nonce - witness.randomness * c) % Q)
    return tuple(simulated)


def prove_number(
    tag: str,
    key: Point,
    encrypted: tuple[Ciphertext, int, int],
    numbers: range,
    randbelow: RandBelow = secrets.randbelow,
) -> tuple[Proof, ...]:
    """Prove that a ciphertext encrypts one of `numbers`; `encrypted` is it, the number and the randomness. Secret.

    The same proof as `prove_one_of` makes, cheaper: whoever knows the randomness writes every commitment over g and
    the key. Every branch costs the same operations, the true one among them. Source: SPEC 3.4.
    """
    _ciphertext, number, randomness = encrypted
    simulated = [Proof(randbelow(Q), randbelow(Q)) for _ in numbers]
    nonce = random_scalar(randbelow)
    points: list[Point] = []
    for proof, claimed in zip(simulated, numbers, strict=True):
        exponent = nonce if claimed == number else (proof.response + randomness * proof.challenge) % Q
        shift = (number - claimed) * proof.challenge + 1  # one more, taken off again: g to the 0 would be told by time
        points += (g_pow(exponent), key**exponent * (g_pow(shift) / G))
    place = numbers.index(number)
    others = sum(p.challenge for other, p in enumerate(simulated) if other != place)
    c = (challenge(tag, *points) - others) % Q
    simulated[place] = Proof(c, (nonce - randomness * c) % Q)
    return tuple(simulated)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A claim with its proof: what is hashed first, the statements, a proof for each, and what to call it."""

    tag: str
    statements: tuple[Statement, ...]
    proofs: tuple[Proof, ...]
    where: str

    def check(self, points: Sequence[Point]) -> None:
        """Check the challenges against the commitments that follow from the proofs. Raises BadProof."""
        if sum(proof.challenge for proof in self.proofs) % Q != challenge(self.tag, *points):
            raise BadProof(self.where)

    def branches(self) -> Branches | None:
        """Return this claim as one about a number and the next one, if that is what it is."""
        if len(self.statements) != 2 or len(self.proofs) != 2:
            return None
        (first, low), (second, high) = self.statements
        if first != second or high != low + 1:
            return None
        p, q = self.proofs
        return first.alpha, first.beta, low, (p.challenge, p.response, q.challenge, q.response)


def check_one_of(tag: str, key: Point, statements: Sequence[Statement], proofs: Sequence[Proof], where: str) -> None:
    """Check a proof of `prove_one_of`.

    Raises BadProof. Source: SPEC 3.4.
    """
    check_claims(key, [OneOf(tag, tuple(statements), tuple(proofs), where)])


def check_claims(key: Point, claims: Sequence[OneOf]) -> None:
    """Check many claims of one kind in their order; the first wrong one is named.

    Raises BadProof. Source: SPEC 3.4.
    """
    usual = [(claim, branches) for claim in claims if (branches := claim.branches()) is not None]
    found = iter(branch_commitments(key, [branches for _claim, branches in usual]))
    for claim in claims:
        if claim.branches() is not None:
            claim.check(next(found))
            continue
        points = [_or_commitments(key, s, p) for s, p in zip(claim.statements, claim.proofs, strict=True)]
        claim.check([point for pair in points for point in pair])


def _or_commitments(key: Point, statement: Statement, proof: Proof) -> tuple[Point, Point]:
    ciphertext, message = statement
    return (
        g_commitment(proof.response, ciphertext.alpha, proof.challenge),
        commitment(key, proof.response, without(ciphertext.beta, message), proof.challenge),
    )


# --- Schnorr: signatures and knowledge of a key -------------------------------------------------------------------


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


# --- decryption: one exponent behind two pairs --------------------------------------------------------------------


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
