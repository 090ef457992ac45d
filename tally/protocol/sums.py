"""The encrypted tally: what is decrypted, and over which ballots.

Here lives the product of the retained ballots. Never here: a decryption.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tally.protocol.ballot import Ballot
from tally.protocol.cipher import NEUTRAL, Ciphertext, combined
from tally.protocol.election import Election
from tally.protocol.encoding import canonical, decode, entries, fields, hex_hash, integer, sha256_hex
from tally.protocol.errors import WrongShape

LIMIT = 4 * 1024 * 1024
MAX_WEIGHT = 2**30 - 1
TOGETHER = 64
"""Ballots that are multiplied in one go."""


@dataclass(frozen=True, slots=True)
class EncryptedTally:
    """One row of ciphertexts per question, in the order of its answers."""

    rows: tuple[tuple[Ciphertext, ...], ...]

    @classmethod
    def parse(cls, raw: bytes, election: Election, where: str = "encrypted_tally") -> EncryptedTally:
        """Read the archived bytes; the shape is the election's. Sums may be the identity."""
        rows = entries(decode(raw, where, limit=LIMIT), where, len(election.questions))
        return cls(
            tuple(
                tuple(Ciphertext.parse(c, cell, identity=True) for c, cell in entries(row, place, question.width))
                for (row, place), question in zip(rows, election.questions, strict=True)
            )
        )

    @classmethod
    def over(cls, election: Election, ballots: Iterable[tuple[Ballot, int]]) -> EncryptedTally:
        """Multiply ballots, each with its weight. The caller has checked them. Source: SPEC 5.5."""
        totals, rest = [NEUTRAL] * sum(question.width for question in election.questions), iter(ballots)
        while some := list(islice(rest, TOGETHER)):
            cells = [[choice**weight for choice in ballot.ciphertexts()] for ballot, weight in some]
            totals = combined(list(zip(totals, *cells, strict=True)))
        return cls.of(election, totals)

    @classmethod
    def of(cls, election: Election, cells: Iterable[Ciphertext]) -> EncryptedTally:
        """Put products, one a cell, into the rows of the election's questions."""
        ordered = iter(cells)
        return cls(tuple(tuple(islice(ordered, question.width)) for question in election.questions))

    def without(self, others: EncryptedTally) -> EncryptedTally:
        """Divide ballots out again, of which `others` is the product."""
        pairs = ((zip(mine, its, strict=True)) for mine, its in zip(self.rows, others.rows, strict=True))
        return EncryptedTally(tuple(tuple(mine / its for mine, its in row) for row in pairs))

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return canonical([[c.as_json() for c in row] for row in self.rows])


@dataclass(frozen=True, slots=True)
class SizedTally:
    """How many ballots, of which total weight, the encrypted tally named by its hash is over."""

    num_tallied: int
    total_weight: int
    encrypted_tally: str

    @classmethod
    def parse(cls, raw: bytes, where: str = "sized_tally") -> SizedTally:
        """Read {"num_tallied","total_weight","encrypted_tally"}; weights over 2^30 − 1 come as decimal strings."""
        m = fields(decode(raw, where, limit=4096), where, "num_tallied", "total_weight", "encrypted_tally")
        return cls(
            integer(m["num_tallied"], f"{where}.num_tallied", 0),
            parse_weight(m["total_weight"], f"{where}.total_weight"),
            hex_hash(m["encrypted_tally"], f"{where}.encrypted_tally"),
        )

    @classmethod
    def of(cls, tally: EncryptedTally, *, ballots: int, weight: int) -> SizedTally:
        """Describe `tally`."""
        return cls(ballots, weight, sha256_hex(tally.encode()))

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        document: dict[str, Any] = {
            "num_tallied": self.num_tallied,
            "total_weight": encode_weight(self.total_weight),
            "encrypted_tally": self.encrypted_tally,
        }
        return canonical(document)


def parse_weight(value: Any, where: str) -> int:
    """Read a weight or count: a number up to 2^30 − 1, a decimal string beyond."""
    if isinstance(value, str):
        if not (
            value.isascii() and value.isdigit() and len(value) < 20 and int(value) > MAX_WEIGHT and value[0] != "0"
        ):
            raise WrongShape(where, expected="> 1073741823")
        return int(value)
    return integer(value, where, 0, MAX_WEIGHT)


def encode_weight(value: int) -> int | str:
    """Write a weight or count as `parse_weight` reads it."""
    return value if value <= MAX_WEIGHT else str(value)
