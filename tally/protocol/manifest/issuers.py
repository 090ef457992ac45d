"""The authorities of a round that sign credentials blindly: one to three, no two with a name or key in common.

Here live their names and public keys. Never here: a private key, or the act of issuing (keys/issuer).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import array, fields, hex_hash, matching, objects, string
from tally.protocol.errors import WrongShape
from tally.protocol.issuer_key import IssuerPublicKey

MAX_ISSUERS = 3
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")


@dataclass(frozen=True, slots=True)
class Issuer:
    """One of one to three authorities that sign credentials blindly; `statement_key` is Ed25519, 64 hex digits."""

    name: str
    key: IssuerPublicKey
    statement_key: str

    @classmethod
    def parse(cls, value: Any, where: str) -> Issuer:
        """Read {"name","key","statement_key"}. Raises reading errors naming the field."""
        m = fields(value, where, "name", "key", "statement_key")
        return cls(
            matching(_NAME, m["name"], f"{where}.name"),
            IssuerPublicKey.parse(string(m["key"], f"{where}.key"), f"{where}.key"),
            hex_hash(m["statement_key"], f"{where}.statement_key"),
        )

    def as_json(self) -> dict[str, str]:
        """Return {"name","key","statement_key"}."""
        return {"name": self.name, "key": self.key.encode(), "statement_key": self.statement_key}


def read_issuers(value: Any, where: str) -> tuple[Issuer, ...]:
    """Read one to MAX_ISSUERS authorities; of more, one more is read and the list refused. Raises reading errors."""
    listed = objects(array(value, where)[: MAX_ISSUERS + 1], where)
    issuers = tuple(Issuer.parse(entry, place) for entry, place in listed)
    names, keys = {i.name for i in issuers}, {i.key for i in issuers}
    if not len(issuers) == len(names) == len(keys) <= MAX_ISSUERS:
        raise WrongShape(where, expected=f"1–{MAX_ISSUERS} ≠")
    return issuers
