"""The log of an issuer: one hash chain of its acts, which its closing statement fixes by the head.

Here live the entries and the chain. Never here: a name, a time, or a voter other than by salted hash.

Each entry is one JSON object, and the head moves on with it:

    {"kind":"issued","voter":"…","blinded":"…","answer":"…","reason":""}
    next head = SHA-256("phieu-tin-nhiem/v1/issuer-log|" + head + "|" + entry)

The first head is made of the manifest hash and the issuer's name in the same way, so a log belongs to one round.
The last two entries are `frozen` and, once the private key is gone, `destroyed`. The salt of the voters' hashes is
opened to the committee only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from keys.issuer.errors import IssuerStateDamaged

_LOG_LABEL = "phieu-tin-nhiem/v1/issuer-log|"
_VOTER_LABEL = "phieu-tin-nhiem/v1/issuer-voter|"
_BLINDED_LABEL = b"phieu-tin-nhiem/v1/issuer-blinded|"
_ANSWER_LABEL = b"phieu-tin-nhiem/v1/issuer-answer|"


class Kind(StrEnum):
    """What an entry records."""

    ISSUED = "issued"
    REISSUED = "reissued"
    ENVELOPE = "envelope"
    REFUSED = "refused"
    FROZEN = "frozen"
    DESTROYED = "destroyed"


ANSWERS = frozenset({Kind.ISSUED, Kind.REISSUED, Kind.ENVELOPE})


class Reason(StrEnum):
    """Why a slip was replaced: from this list only, so that no name can enter the log."""

    SPOILED = "spoiled"


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. Hashes are 64 hexadecimal digits or empty; `reason` is a Reason, or the code of a refusal."""

    kind: Kind
    voter: str = ""
    blinded: str = ""
    answer: str = ""
    reason: str = ""

    def encode(self) -> str:
        """Return the canonical JSON that the chain hashes."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def log_start(*, manifest: str, issuer: str) -> str:
    """Return the head of an empty log."""
    return _link(manifest, issuer)


def next_head(head: str, entry: Entry) -> str:
    """Return the head after one more entry."""
    return _link(head, entry.encode())


def check_log(entries: Iterable[Entry], *, manifest: str, issuer: str, head: str) -> None:
    """Check that these entries, in this order, lead to `head`. Raises IssuerStateDamaged."""
    current = log_start(manifest=manifest, issuer=issuer)
    for entry in entries:
        current = next_head(current, entry)
    if current != head:
        raise IssuerStateDamaged("log")


def hash_voter(voter_id: str, salt: bytes) -> str:
    """Return the salted hash that stands for a voter in the log."""
    return hashlib.sha256(f"{_VOTER_LABEL}{salt.hex()}|{voter_id}".encode()).hexdigest()


def hash_blinded(blinded: bytes) -> str:
    """Return the hash by which a blinded message is known."""
    return hashlib.sha256(_BLINDED_LABEL + blinded).hexdigest()


def hash_answer(signature: bytes) -> str:
    """Return the hash by which a blind signature is known."""
    return hashlib.sha256(_ANSWER_LABEL + signature).hexdigest()


def _link(head: str, text: str) -> str:
    return hashlib.sha256(f"{_LOG_LABEL}{head}|{text}".encode()).hexdigest()
