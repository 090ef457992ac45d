"""The result: enough parts combined, and the numbers inside the sums.

Here live interpolation and bounded discrete logarithms. Never here: the checking of a part, which comes before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt

from tally.i18n import marked, translate
from tally.protocol.decryption import PartialDecryption
from tally.protocol.election import Election
from tally.protocol.encoding import array, canonical, decode, entries, fields
from tally.protocol.errors import Incomplete, NoSolution
from tally.protocol.group import IDENTITY, G, Point, Q, product
from tally.protocol.sums import EncryptedTally, encode_weight, parse_weight
from tally.protocol.trustees import Trustees

LIMIT = 8 * 1024 * 1024
MOST = 2**32  # total weight up to which sums are searched: 65,536 steps each
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
            sentence = translate(marked("{count} phần giải mã"))
            raise Incomplete("PartialDecryption", missing=sentence.format(count=item.threshold - len(present)))
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
                tuple(parse_weight(v, place) for v in array(row, place, question.width))
                for (row, place), question in zip(entries(rows, where), election.questions, strict=True)
            )
        )

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return canonical({"result": [[encode_weight(n) for n in row] for row in self.rows]})


def open_sums(tally: EncryptedTally, factors: Factors, bound: int) -> Result:
    """Find every sum m in [0, bound] with g^m = beta / factor.

    Raises NoSolution naming the place, or for a bound over MOST. Source: SPEC 5.6, step 5; threats F14, F15.
    """
    if bound > MOST:
        raise NoSolution("result", bound=MOST)
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
