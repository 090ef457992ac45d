"""A member's signed statement that it has destroyed its share, once the result was there.

Here lives the statement and its check. Never here: a share, the erasing (keys/), or a proof that it is true, for copies
of a key sign nothing. SPEC 4.15; threats F16.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from tally.protocol.committee import Committee
from tally.protocol.encoding import canonical, decode, fields, hex_hash, integer
from tally.protocol.errors import WrongShape
from tally.protocol.group import RandBelow
from tally.protocol.member_statement import check_statement, signed_text
from tally.protocol.proofs import Proof, schnorr_sign

FORMAT = "phieu-tin-nhiem/destruction/v1"
LIMIT = 4096
MOST = 1000
_LABEL = "phieu-tin-nhiem/v1/destruction|"


@dataclass(frozen=True, slots=True)
class Destruction:
    """Who destroyed its share of which committee's key, and the root of the record whose result was there by then."""

    manifest: str
    committee: str
    owner: int
    root: str
    proof: Proof

    @classmethod
    def parse(cls, raw: bytes, where: str = "destruction") -> Destruction:
        """Read the bytes. Raises reading errors. Source: SPEC 4.15."""
        return cls.of(decode(raw, where, limit=LIMIT), where)

    @classmethod
    def of(cls, value: Any, where: str = "destruction") -> Destruction:
        """Read the object. Raises reading errors."""
        m = fields(value, where, "format", "manifest", "committee", "owner", "root", "proof")
        if m["format"] != FORMAT:
            raise WrongShape(f"{where}.format", expected=FORMAT)
        return cls(
            hex_hash(m["manifest"], f"{where}.manifest"),
            hex_hash(m["committee"], f"{where}.committee"),
            integer(m["owner"], f"{where}.owner", 1, MOST),
            hex_hash(m["root"], f"{where}.root"),
            Proof.parse(m["proof"], f"{where}.proof"),
        )

    @classmethod
    def make(
        cls, committee: Committee, *, owner: int, root: str, secret: int, randbelow: RandBelow = secrets.randbelow
    ) -> Destruction:
        """Sign as member `owner` with its signing key, or, alone, with the share itself."""
        proof = schnorr_sign(signed_text(_LABEL, committee, owner, root), secret, randbelow)
        return cls(committee.manifest, committee.hash, owner, root, proof)

    def as_json(self) -> dict[str, Any]:
        """Return the object in the order of the format."""
        return {
            "format": FORMAT, "manifest": self.manifest, "committee": self.committee, "owner": self.owner,
            "root": self.root, "proof": self.proof.as_json(),
        }  # fmt: skip

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return canonical(self.as_json())

    def check(self, committee: Committee, where: str = "destruction") -> None:
        """Check that this member of this committee signed it. Raises Mismatch, BadSignature. Source: SPEC 4.15."""
        check_statement(self, self.root, committee, label=_LABEL, where=where)
