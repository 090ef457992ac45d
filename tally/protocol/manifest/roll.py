"""The roll of a round as the manifest has it: three numbers and a digest.

Here lives what all may know of the voters. Never here: a name, but in the making of the digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import fields, hex_hash, integer, sha256_hex

SMALLEST_ROLL = 3
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Roll:
    """How many delegates the body has, were summoned, may vote; and the salted digest of the list of voters."""

    delegates: int
    summoned: int
    voters: int
    digest: str

    @classmethod
    def parse(cls, value: Any, where: str) -> Roll:
        """Read the four fields; none of the numbers is under the next. Raises reading errors naming the field."""
        m = fields(value, where, "delegates", "summoned", "voters", "digest")
        voters = integer(m["voters"], f"{where}.voters", SMALLEST_ROLL, _LARGEST)
        summoned = integer(m["summoned"], f"{where}.summoned", voters, _LARGEST)
        delegates = integer(m["delegates"], f"{where}.delegates", summoned, _LARGEST)
        return cls(delegates, summoned, voters, hex_hash(m["digest"], f"{where}.digest"))

    def as_json(self) -> dict[str, Any]:
        """Return {"delegates","summoned","voters","digest"}."""
        return {
            "delegates": self.delegates, "summoned": self.summoned, "voters": self.voters, "digest": self.digest,
        }  # fmt: skip


def roll_digest(salt: bytes, voters: list[str]) -> str:
    """Return the digest of a roll: its sorted lines under a secret 32-byte salt kept by the registry. SPEC 4.1."""
    lines = "\n".join(sorted(voters))
    return sha256_hex(b"phieu-tin-nhiem/v1/roll|" + salt.hex().encode("ascii") + b"|" + lines.encode("utf-8"))
