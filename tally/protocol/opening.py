"""The opening test: members prove, with the very file they will use, that they can decrypt; and the zero report.

With them stand the written exceptions to the conflict of interest, for both must be settled before the box is opened.

Here lives the file opening.json and its public check. Never here: a ciphertext from anybody, so that it is no oracle.

The point is derived by everybody alike: alpha = g^h, h a hash of manifest, committee and the members' nonces. SPEC 5.8.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from tally.i18n import marked, translate
from tally.protocol.committee import Committee
from tally.protocol.ed25519 import check_ed25519
from tally.protocol.encoding import canonical, decode, entries, fields, hex_hash, integer, string
from tally.protocol.errors import BadDecryption, Incomplete, Mismatch, NotSorted, WrongShape
from tally.protocol.group import Point, Q, RandBelow, g_pow, product
from tally.protocol.manifest import Manifest
from tally.protocol.override import Override, check_conflicts, parse_overrides
from tally.protocol.proofs import OPENING_LABEL, Equality, Proof, check_strong, prove_strong
from tally.protocol.result import lagrange

FORMAT = "phieu-tin-nhiem/opening/v1"
_POINT_LABEL = "phieu-tin-nhiem/v1/opening-test|"
ZERO_REPORT_LABEL = b"phieu-tin-nhiem/v1/zero-report|"
LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Passed:
    """One member's test: its nonce (32 bytes in hex), the factor alpha^x, the proof."""

    owner: int
    nonce: str
    factor: Point
    proof: Proof

    @classmethod
    def parse(cls, value: Any, where: str) -> Passed:
        """Read {"owner","nonce","factor","proof"}."""
        m = fields(value, where, "owner", "nonce", "factor", "proof")
        return cls(
            integer(m["owner"], f"{where}.owner", 1, 1000),
            hex_hash(m["nonce"], f"{where}.nonce"),
            Point.decode(m["factor"], f"{where}.factor"),
            Proof.parse(m["proof"], f"{where}.proof"),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the object in the order of the format."""
        return {
            "owner": self.owner, "nonce": self.nonce, "factor": self.factor.encode(), "proof": self.proof.as_json(),
        }  # fmt: skip

    def check(self, committee: Committee, nonces: dict[int, str], where: str) -> None:
        """Check one member's test among the members whose nonces these are. Raises BadProof. Source: SPEC 5.8."""
        alpha = g_pow(opening_exponent(committee.manifest, committee.hash, nonces))
        check_strong(_claim(committee, self.owner, alpha, self.factor), self.proof, where)


def opening_exponent(manifest: str, committee: str, nonces: dict[int, str]) -> int:
    """Return h from the hashes (hex) and the nonces by owner number. Source: SPEC 5.8, step 2."""
    joined = "|".join(nonces[owner] for owner in sorted(nonces))
    digest = hashlib.sha512(f"{_POINT_LABEL}{manifest}|{committee}|{joined}".encode("ascii")).digest()
    return int.from_bytes(digest, "big") % Q


def _claim(committee: Committee, owner: int, alpha: Point, factor: Point) -> Equality:
    context = (bytes.fromhex(committee.manifest), bytes.fromhex(committee.hash), owner.to_bytes(8, "big"))
    return Equality(OPENING_LABEL, context, committee.trustees.owners[owner - 1], alpha, factor)


def pass_test(
    committee: Committee, nonces: dict[int, str], *, owner: int, secret: int, randbelow: RandBelow = secrets.randbelow
) -> Passed:
    """Take the test as member `owner`: only the derived point is ever raised to `secret`."""
    alpha = g_pow(opening_exponent(committee.manifest, committee.hash, nonces))
    factor = alpha**secret
    return Passed(
        owner, nonces[owner], factor, prove_strong(_claim(committee, owner, alpha, factor), secret, randbelow)
    )


def zero_report_bytes(manifest: str, committee: str) -> bytes:
    """Return what the box signs before opening: that it holds no ballot of this round."""
    return ZERO_REPORT_LABEL + f"{manifest}|{committee}|0".encode("ascii")


@dataclass(frozen=True, slots=True)
class Opening:
    """All passed tests by owner, the box's zero report (signature in hex), the exceptions by (name, office)."""

    manifest: str
    committee: str
    passed: tuple[Passed, ...]
    zero_report: str
    overrides: tuple[Override, ...] = ()

    @classmethod
    def parse(cls, raw: bytes, where: str = "opening.json") -> Opening:
        """Read the bytes. Raises reading errors. Source: SPEC 4.9."""
        names = ("format", "manifest", "committee", "passed", "zero_report", "overrides")
        m = fields(decode(raw, where, limit=LIMIT), where, *names)
        if m["format"] != FORMAT:
            raise WrongShape(f"{where}.format", expected=FORMAT)
        signature = string(m["zero_report"], f"{where}.zero_report")
        if len(signature) != 128 or not set(signature) <= set("0123456789abcdef"):
            raise WrongShape(f"{where}.zero_report", expected="hex[128]")
        return cls(
            hex_hash(m["manifest"], f"{where}.manifest"),
            hex_hash(m["committee"], f"{where}.committee"),
            tuple(Passed.parse(entry, place) for entry, place in entries(m["passed"], f"{where}.passed")),
            signature,
            parse_overrides(m["overrides"], f"{where}.overrides"),
        )

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        document = {
            "format": FORMAT,
            "manifest": self.manifest,
            "committee": self.committee,
            "passed": [p.as_json() for p in self.passed],
            "zero_report": self.zero_report,
            "overrides": [o.as_json() for o in self.overrides],
        }
        return canonical(document)

    def check(self, manifest: Manifest, committee: Committee, where: str = "opening.json") -> None:
        """Check that at least t members can decrypt, that the box was empty, that no conflict of interest is unwritten.

        Raises Mismatch, NotSorted, Incomplete, BadProof naming the member, BadDecryption when the factors do not
        combine, BadSignature for the zero report, ConflictOfInterest. Source: SPEC 5.8, steps 4 to 6; threats F1, P4.
        """
        if (self.manifest, self.committee) != (manifest.hash, committee.hash):
            raise Mismatch(where, other="manifest.json, committee.json")
        owners = [p.owner for p in self.passed]
        if owners != sorted(set(owners)) or not set(owners) <= set(range(1, len(committee.members) + 1)):
            raise NotSorted(f"{where}.passed")
        if len(owners) < committee.threshold:
            sentence = translate(marked("{count} thành viên thử khóa"))
            raise Incomplete(where, missing=sentence.format(count=committee.threshold - len(owners)))
        self._check_factors(committee, where)
        self._check_zero_report(manifest, where)
        check_conflicts(manifest, committee, self.overrides, where)

    def _check_factors(self, committee: Committee, where: str) -> None:
        exponent = opening_exponent(self.manifest, self.committee, {p.owner: p.nonce for p in self.passed})
        alpha = g_pow(exponent)
        for p in self.passed:
            check_strong(_claim(committee, p.owner, alpha, p.factor), p.proof, f"{where}.passed[{p.owner}]")
        chosen = [p.owner for p in self.passed][: committee.threshold]
        factors = {p.owner: p.factor for p in self.passed}
        together = product(factors[k] ** lagrange(chosen, k) for k in chosen)
        if together != committee.trustees.public_key**exponent:
            raise BadDecryption(f"{where}.passed")

    def _check_zero_report(self, manifest: Manifest, where: str) -> None:
        said, place = zero_report_bytes(self.manifest, self.committee), f"{where}.zero_report"
        check_ed25519(said, key=manifest.box_key, signature=self.zero_report, where=place)
