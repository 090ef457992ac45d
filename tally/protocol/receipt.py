"""The receipt: that a ballot is in the box, never what is in it.

Here lives what the box signs for a voter and how anybody checks it. Never here: a choice, a time, a terminal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tally.protocol.ballot import Ballot
from tally.protocol.booth import commit_code
from tally.protocol.ed25519 import Sign, check_ed25519
from tally.protocol.election import Election
from tally.protocol.encoding import fields, hex_hash, string
from tally.protocol.errors import BadSignature, CodedError, WrongShape
from tally.protocol.manifest import Manifest

RECEIPT_LABEL = b"phieu-tin-nhiem/v1/receipt|"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Round (uuid), tracker (43 characters), commit code (64 hex digits), the box's signature (128 hex digits)."""

    round: str
    tracker: str
    commit: str
    signature: str

    @classmethod
    def parse(cls, value: Any, where: str = "receipt") -> Receipt:
        """Read a decoded receipt. Raises WrongShape, BadHash."""
        m = fields(value, where, "round", "tracker", "commit", "signature")
        tracker, signature = string(m["tracker"], where), string(m["signature"], where)
        if len(tracker) != 43 or len(signature) != 128 or not set(signature) <= set("0123456789abcdef"):
            raise WrongShape(where, expected="tracker[43], signature[128]")
        return cls(string(m["round"], where), tracker, hex_hash(m["commit"], where), signature)

    def as_json(self) -> dict[str, str]:
        """Return the object that `parse` reads."""
        return {"round": self.round, "tracker": self.tracker, "commit": self.commit, "signature": self.signature}

    def check(self, manifest: Manifest, where: str = "receipt") -> None:
        """Check that the box of this round signed it. Raises BadSignature. Source: SPEC 5.12."""
        said = receipt_bytes(self.round, tracker=self.tracker, commit=self.commit)
        check_ed25519(said, key=manifest.box_key, signature=self.signature, where=where)
        if self.round != manifest.uuid:
            raise BadSignature(where)


def pasted(text: str) -> Receipt | None:
    """Read a whole receipt that somebody scanned or pasted, or nothing where it is none. Source: SPEC 5.12."""
    try:
        return Receipt.parse(json.loads(text))
    except (ValueError, RecursionError, CodedError):
        return None


def receipt_bytes(uuid: str, *, tracker: str, commit: str) -> bytes:
    """Return what the box signs. Source: SPEC 5.12."""
    return RECEIPT_LABEL + f"{uuid}|{tracker}|{commit}".encode()


def make_receipt(ballot: Ballot, election: Election, sign: Sign) -> Receipt:
    """Sign for a stored ballot; the same ballot gets the same receipt, since Ed25519 is deterministic."""
    commit = commit_code(election, tuple(answer.choices for answer in ballot.answers))
    signature = sign(receipt_bytes(election.uuid, tracker=ballot.tracker, commit=commit))
    return Receipt(election.uuid, ballot.tracker, commit, signature.hex())
