"""Opening the sums: one trustee's part, with two proofs of every factor.

Here live the making of a part and its checks. Never here: parts put together (result.py), or a way to decrypt anything
but an encrypted tally.

Belenios' proof hashes neither the ciphertext nor the factor, so every part of ours carries `strong_proofs` as well, and
a round of ours is not verified without them. SPEC 3.6, 3.7, 5.6.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from tally.protocol.election import Election
from tally.protocol.encoding import canonical, decode, entries, fields, hex_hash, integer
from tally.protocol.errors import BadDecryption, BadProof, NoStrongProof
from tally.protocol.group import Point, RandBelow
from tally.protocol.proofs import (
    STRONG_LABEL,
    Equality,
    Proof,
    check_decryption,
    check_strong,
    prove_decryption,
    prove_strong,
)
from tally.protocol.sums import EncryptedTally

LIMIT = 8 * 1024 * 1024
Rows = tuple[tuple[Proof, ...], ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """What a strong proof is about besides points: hashes in hex, `owner` from 1."""

    manifest: str
    election: str
    encrypted_tally: str
    owner: int

    def claim(self, *, question: int, answer: int, public: Point, alpha: Point, factor: Point) -> Equality:
        """Return the claim for one sum; question and answer from 0. SPEC 3.7."""
        hashes = (bytes.fromhex(h) for h in (self.manifest, self.election, self.encrypted_tally))
        places = (n.to_bytes(8, "big") for n in (self.owner, question, answer))
        return Equality(STRONG_LABEL, (*hashes, *places), public, alpha, factor)


@dataclass(frozen=True, slots=True)
class PartialDecryption:
    """One trustee's factors alpha^x with proofs, a row per question; `strong` is None where no one of ours made it."""

    factors: tuple[tuple[Point, ...], ...]
    proofs: Rows
    strong: Rows | None

    @classmethod
    def parse(cls, raw: bytes, election: Election, where: str) -> PartialDecryption:
        """Read {"decryption_factors","decryption_proofs"[,"strong_proofs"]} in the shape of the election."""
        names = ("decryption_factors", "decryption_proofs")
        m = fields(decode(raw, where, limit=LIMIT), where, *names, optional=("strong_proofs",))
        widths = [question.width for question in election.questions]

        def rows(name: str, parse: Any) -> Any:
            listed = zip(entries(m[name], f"{where}.{name}", len(widths)), widths, strict=True)
            return tuple(
                tuple(parse(one, cell) for one, cell in entries(row, place, width)) for (row, place), width in listed
            )

        return cls(
            rows("decryption_factors", lambda v, w: Point.decode(v, w, identity=True)),
            rows("decryption_proofs", Proof.parse),
            rows("strong_proofs", Proof.parse) if "strong_proofs" in m else None,
        )

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        document: dict[str, Any] = {
            "decryption_factors": [[f.encode() for f in row] for row in self.factors],
            "decryption_proofs": [[p.as_json() for p in row] for row in self.proofs],
        }
        if self.strong is not None:
            document["strong_proofs"] = [[p.as_json() for p in row] for row in self.strong]
        return canonical(document)


@dataclass(frozen=True, slots=True)
class Owned:
    """Which trustee a partial decryption belongs to: {"owner","payload"}."""

    owner: int
    payload: str

    @classmethod
    def parse(cls, raw: bytes, where: str) -> Owned:
        """Read the object; owner from 1."""
        m = fields(decode(raw, where, limit=4096), where, "owner", "payload")
        return cls(integer(m["owner"], f"{where}.owner", 1, 100_000), hex_hash(m["payload"], f"{where}.payload"))

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return canonical({"owner": self.owner, "payload": self.payload})


def decrypt_partially(
    election: Election,
    tally: EncryptedTally,
    binding: Binding,
    *,
    public: Point,
    secret: int,
    randbelow: RandBelow = secrets.randbelow,
) -> PartialDecryption:
    """Compute one trustee's part with both kinds of proof. The caller has verified it: SPEC 5.6, step 1."""
    factors, proofs, strong = [], [], []
    for i, row in enumerate(tally.rows):
        row_factors = tuple(c.alpha**secret for c in row)
        claims = [
            binding.claim(question=i, answer=k, public=public, alpha=c.alpha, factor=f)
            for k, (c, f) in enumerate(zip(row, row_factors, strict=True))
        ]
        factors.append(row_factors)
        proofs.append(tuple(prove_decryption(election.fingerprint, public, c.alpha, secret, randbelow) for c in row))
        strong.append(tuple(prove_strong(claim, secret, randbelow) for claim in claims))
    return PartialDecryption(tuple(factors), tuple(proofs), tuple(strong))


def check_partial(
    election: Election, tally: EncryptedTally, part: PartialDecryption, public: Point, where: str
) -> None:
    """Check Belenios' proof of every factor.

    Raises BadDecryption. Source: SPEC 5.6, step 2.
    """
    for i, row in enumerate(tally.rows):
        for k, c in enumerate(row):
            place = f"{where}[{i}][{k}]"
            try:
                check_decryption(
                    election.fingerprint,
                    public,
                    alpha=c.alpha,
                    factor=part.factors[i][k],
                    proof=part.proofs[i][k],
                    where=place,
                )
            except BadProof:
                raise BadDecryption(place) from None


def check_strong_proofs(
    tally: EncryptedTally, part: PartialDecryption, binding: Binding, public: Point, where: str
) -> None:
    """Check the strong proof of every factor.

    Raises NoStrongProof, BadDecryption. Source: SPEC 5.6, step 3.
    """
    if part.strong is None:
        raise NoStrongProof(where)
    for i, row in enumerate(tally.rows):
        for k, c in enumerate(row):
            place = f"{where}.strong_proofs[{i}][{k}]"
            claim = binding.claim(question=i, answer=k, public=public, alpha=c.alpha, factor=part.factors[i][k])
            try:
                check_strong(claim, part.strong[i][k], place)
            except BadProof:
                raise BadDecryption(place) from None
