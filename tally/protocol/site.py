"""What a site with a server of its own signs: that it holds a ballot, and at its end how many it has handed on.

Here live these two and how anybody checks them. Never here: a choice, a name, a time, or anything that counts as the
box's own receipt; the labels differ, so neither can be taken for the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.protocol.ballot import Ballot
from tally.protocol.booth import commit_code
from tally.protocol.ed25519 import Sign, check_ed25519
from tally.protocol.election import Election
from tally.protocol.encoding import canonical, decode, fields, hex_hash, integer, string, text
from tally.protocol.errors import WrongShape

RECEIPT_LABEL = b"phieu-tin-nhiem/v1/site-receipt|"
STATEMENT_LABEL = b"phieu-tin-nhiem/v1/site-statement|"
LIMIT = 4096
NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class SiteReceipt:
    """A provisional receipt: the site holds this ballot, the box has not confirmed it. Fields as in `Receipt`."""

    round: str
    tracker: str
    commit: str
    signature: str

    @classmethod
    def make(cls, ballot: Ballot, election: Election, sign: Sign) -> SiteReceipt:
        """Sign for a ballot on the site's disk; the same ballot gets the same receipt."""
        commit = commit_code(election, tuple(answer.choices for answer in ballot.answers))
        unsigned = cls(election.uuid, ballot.tracker, commit, "")
        return cls(unsigned.round, unsigned.tracker, commit, sign(unsigned.signed()).hex())

    @classmethod
    def parse(cls, value: Any, where: str = "held") -> SiteReceipt:
        """Read a decoded receipt. Raises WrongShape, BadHash."""
        m = fields(value, where, "round", "tracker", "commit", "signature")
        tracker = string(m["tracker"], where)
        if len(tracker) != 43:
            raise WrongShape(where, expected="tracker[43]")
        return cls(string(m["round"], where), tracker, hex_hash(m["commit"], where), _signature(m["signature"], where))

    def as_json(self) -> dict[str, str]:
        """Return the object that `parse` reads."""
        return {"round": self.round, "tracker": self.tracker, "commit": self.commit, "signature": self.signature}

    def signed(self) -> bytes:
        """Return what the site signs. Source: SPEC 5.18."""
        return RECEIPT_LABEL + f"{self.round}|{self.tracker}|{self.commit}".encode()

    def check(self, key: str, where: str = "held") -> None:
        """Check that the site with this key signed it. Raises BadSignature."""
        check_ed25519(self.signed(), key=key, signature=self.signature, where=where)


@dataclass(frozen=True, slots=True)
class SiteStatement:
    """What became of every ballot that a site took; it is given once the site takes no more."""

    round: str
    site: str
    forwarded: int
    refused: int
    held: int
    signature: str = ""

    @property
    def all_in(self) -> bool:
        """Whether the box has answered to every ballot: nothing waits for the line any more."""
        return self.held == 0

    @classmethod
    def parse(cls, raw: bytes, where: str = "site") -> SiteStatement:
        """Read the bytes of a statement. Raises reading errors."""
        m = fields(decode(raw, where, limit=LIMIT), where, *cls.__slots__)
        numbers = {name: integer(m[name], f"{where}.{name}", 0) for name in ("forwarded", "refused", "held")}
        site = text(m["site"], f"{where}.site", limit=NAME_LIMIT)
        uuid, signature = string(m["round"], f"{where}.round"), _signature(m["signature"], where)
        return cls(round=uuid, site=site, signature=signature, **numbers)

    def encode(self) -> bytes:
        """Return the canonical bytes that `parse` reads."""
        return canonical({name: getattr(self, name) for name in self.__slots__})

    def sign(self, sign: Sign) -> SiteStatement:
        """Return the statement with its signature."""
        return SiteStatement(*self._said(), sign(self.signed()).hex())

    def signed(self) -> bytes:
        """Return what the site signs. Source: SPEC 5.18."""
        return STATEMENT_LABEL + canonical(list(self._said()))

    def check(self, key: str, where: str = "site") -> None:
        """Check that the site with this key signed it. Raises BadSignature."""
        check_ed25519(self.signed(), key=key, signature=self.signature, where=where)

    def _said(self) -> tuple[str, str, int, int, int]:
        return self.round, self.site, self.forwarded, self.refused, self.held


def _signature(value: Any, where: str) -> str:
    digits = string(value, where)
    if len(digits) != 128 or not set(digits) <= set("0123456789abcdef"):
        raise WrongShape(where, expected="signature[128]")
    return digits
