"""Opening the sums: one trustee's part, its proofs, and the result from enough parts.

Here live partial decryptions and their combination. Never here: a way to decrypt anything but an encrypted tally.

Belenios' proof hashes neither the ciphertext nor the factor, so every part of ours carries `strong_proofs` as well, and
a round of ours is not verified without them. SPEC 3.6, 3.7, 5.6.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Any

from tally.protocol.election import Election
from tally.protocol.encoding import array, canonical, decode, fields, hex_hash, integer
from tally.protocol.errors import BadDecryption, BadProof, Incomplete, NoSolution, NoStrongProof
from tally.protocol.group import G, IDENTITY, Point, Q, RandBelow, product
from tally.protocol.proofs import (
    STRONG_LABEL,
    Equality,
    Proof,
    check_decryption,
    check_strong,
    prove_decryption,
    prove_strong,
)
from tally.protocol.sums import EncryptedTally, encode_weight, parse_weight
from tally.protocol.trustees import Trustees

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
            return tuple(
                tuple(parse(v, f"{where}.{name}[{i}][{k}]") for k, v in enumerate(array(row, f"{where}.{name}[{i}]", width)))
                for i, (row, width) in enumerate(zip(array(m[name], f"{where}.{name}", len(widths)), widths, strict=True))
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
    """Compute one trustee's part with both kinds of proof. The caller has verified what `tally` is over (I.7)."""
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
                check_decryption(election.fingerprint, public, c.alpha, part.factors[i][k], part.proofs[i][k], place)
            except BadProof:
                raise BadDecryption(place) from None


def check_strong_proofs(tally: EncryptedTally, part: PartialDecryption, binding: Binding, public: Point, where: str) -> None:
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


# --- the result ---------------------------------------------------------------------------------------------------

Factors = tuple[tuple[Point, ...], ...]


def combine_factors(trustees: Trustees, parts: Mapping[int, PartialDecryption]) -> Factors:
    """Combine checked parts (by owner number) into the factors that open each sum.

    Raises Incomplete when an item has fewer parts than its threshold. Source: SPEC 5.6, step 4.
    """
    chosen: list[tuple[PartialDecryption, int]] = []
    first_owner = 1
    for item in trustees.items:
        size = len(item.keys)
        present = [k for k in range(1, size + 1) if first_owner + k - 1 in parts][: item.threshold]
        if len(present) < item.threshold:
            raise Incomplete("PartialDecryption", missing=f"{item.threshold - len(present)} phần giải mã")
        chosen += [(parts[first_owner + k - 1], lagrange(present, k)) for k in present]
        first_owner += size
    shape = [len(row) for row in chosen[0][0].factors]
    return tuple(
        tuple(product(part.factors[i][k] ** weight for part, weight in chosen) for k in range(width))
        for i, width in enumerate(shape)
    )


def lagrange(present: list[int], index: int) -> int:
    """Return the weight at 0 of the share `index` among the shares `present`, mod q."""
    weight = 1
    for other in present:
        if other != index:
            weight = weight * other * pow(other - index, -1, Q) % Q
    return weight


@dataclass(frozen=True, slots=True)
class Result:
    """The decrypted sums, a row per question in the order of its answers (blank flag first where there is one)."""

    rows: tuple[tuple[int, ...], ...]

    @classmethod
    def parse(cls, raw: bytes, election: Election, where: str = "result") -> Result:
        """Read {"result":[[…]…]} in the shape of the election."""
        m = fields(decode(raw, where, limit=LIMIT), where, "result")
        rows = array(m["result"], f"{where}.result", len(election.questions))
        return cls(
            tuple(
                tuple(parse_weight(v, f"{where}[{i}]") for v in array(row, f"{where}[{i}]", question.width))
                for i, (row, question) in enumerate(zip(rows, election.questions, strict=True))
            )
        )

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return canonical({"result": [[encode_weight(n) for n in row] for row in self.rows]})


def open_sums(tally: EncryptedTally, factors: Factors, bound: int) -> Result:
    """Find every sum m in [0, bound] with g^m = beta / factor.

    Raises NoSolution naming the place. Source: SPEC 5.6, step 5; threats F14, F15.
    """
    logarithms = Logarithms(bound)
    return Result(
        tuple(
            tuple(logarithms.of(c.beta / f, f"result[{i}][{k}]") for k, (c, f) in enumerate(zip(row, fs, strict=True)))
            for i, (row, fs) in enumerate(zip(tally.rows, factors, strict=True))
        )
    )


class Logarithms:
    """Discrete logarithms to the base g in [0, bound], by baby steps and giant steps."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.step = isqrt(bound) + 1 if bound > 4096 else bound + 1
        self._baby: dict[Point, int] = {}
        point = IDENTITY
        for m in range(self.step):
            self._baby[point] = m
            point = point * G
        self._giant = point  # g^step

    def of(self, point: Point, where: str) -> int:
        """Return m with g^m = point. Raises NoSolution."""
        for giant in range(self.bound // self.step + 1):
            baby = self._baby.get(point)
            if baby is not None and giant * self.step + baby <= self.bound:
                return giant * self.step + baby
            point = point / self._giant
        raise NoSolution(where, bound=self.bound)
