"""Proofs that somebody holds a slip: to void its credential, or to ask the box what became of it.

Here live the two texts that are signed and the shape of a voided credential. Never here: a slip's code, or a name.

Whoever prints a list of void credentials must show for each that its slip was in somebody's hands: otherwise an
organiser could void the slip of a voter who is disliked. The signature is a Schnorr proof by the credential's own
secret, and its text names round, reason and credential, so it serves once. SPEC 4.7, 5.14.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from tally.protocol.credential import Credential
from tally.protocol.encoding import fields, one_of
from tally.protocol.group import Point, RandBelow
from tally.protocol.proofs import Proof, schnorr_check, schnorr_sign

SPOILED, UNUSED_ENVELOPE = "spoiled", "unused_envelope"
VOID_REASONS = (SPOILED, UNUSED_ENVELOPE)
_VOID_LABEL = "phieu-tin-nhiem/v1/void|"
_STANDING_LABEL = "phieu-tin-nhiem/v1/standing|"


@dataclass(frozen=True, slots=True)
class Voided:
    """A credential that may not vote, why, and the proof of whoever held its slip."""

    credential: Point
    reason: str
    proof: Proof

    @classmethod
    def parse(cls, value: Any, where: str) -> Voided:
        """Read {"credential","reason","proof"}; the proof is checked separately (`check_void`)."""
        m = fields(value, where, "credential", "reason", "proof")
        return cls(
            Point.decode(m["credential"], f"{where}.credential"),
            _reason(m["reason"], f"{where}.reason"),
            Proof.parse(m["proof"], f"{where}.proof"),
        )

    @classmethod
    def make(
        cls, manifest_hash: str, credential: Credential, reason: str, randbelow: RandBelow = secrets.randbelow
    ) -> Voided:
        """Void a credential whose slip one holds. Raises WrongShape for an unknown reason."""
        return cls(credential.public, reason, prove_void(manifest_hash, credential, reason, randbelow))

    def as_json(self) -> dict[str, Any]:
        """Return {"credential","reason","proof"}."""
        return {"credential": self.credential.encode(), "reason": self.reason, "proof": self.proof.as_json()}

    def check(self, manifest_hash: str, where: str) -> None:
        """Check that whoever voided it held the slip. Raises BadSignature."""
        check_void(manifest_hash, self.credential, self.reason, self.proof, where)


def prove_void(
    manifest_hash: str, credential: Credential, reason: str, randbelow: RandBelow = secrets.randbelow
) -> Proof:
    """Prove that one holds the slip of `credential` and voids it for `reason`.

    Raises WrongShape for an unknown reason. Source: SPEC 4.7.
    """
    return schnorr_sign(_void_text(manifest_hash, credential.public, reason), credential.secret, randbelow)


def check_void(manifest_hash: str, point: Point, reason: str, proof: Proof, where: str) -> None:
    """Check a proof of `prove_void`.

    Raises BadSignature, and WrongShape for an unknown reason. Source: SPEC 5.3, step 1.
    """
    schnorr_check(_void_text(manifest_hash, point, reason), point, proof, where)


def prove_standing(manifest_hash: str, credential: Credential, randbelow: RandBelow = secrets.randbelow) -> Proof:
    """Prove that one holds the slip of `credential`, to ask the box whether its ballot is in. Source: SPEC 5.14."""
    return schnorr_sign(_standing_text(manifest_hash, credential.public), credential.secret, randbelow)


def check_standing(manifest_hash: str, point: Point, proof: Proof, where: str) -> None:
    """Check a proof of `prove_standing`. Raises BadSignature. Source: SPEC 5.14."""
    schnorr_check(_standing_text(manifest_hash, point), point, proof, where)


def _void_text(manifest_hash: str, point: Point, reason: str) -> str:
    return f"{_VOID_LABEL}{manifest_hash}|{_reason(reason, 'reason')}|{point.encode()}|"


def _standing_text(manifest_hash: str, point: Point) -> str:
    return f"{_STANDING_LABEL}{manifest_hash}|{point.encode()}|"


def _reason(value: Any, where: str) -> str:
    return one_of(value, where, *VOID_REASONS)
