"""What an issuer remembers of one round: its log, and each answer by the hash of its question.

Here live what a ledger must promise and the ledger in memory. Never here: a key, or a decision to sign.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from keys.errors import KeysError
from keys.issuer.errors import AlreadyIssued, BlindedRepeated, IssuerStateDamaged, IssuingFrozen, NotFrozen
from keys.issuer.log import ANSWERS, Entry, Kind, hash_answer, log_start, next_head

STATE_FORMAT = "phieu-tin-nhiem/issuer-state/v1"
SALT_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that has its answer: asked again by the same voter, it gets the same one."""

    entry: Entry
    signature: bytes


class Ledger(Protocol):
    """Where one issuer remembers one round; a database can stand behind it, with one transaction for each call."""

    @property
    def issuer(self) -> str:
        """Name of the issuer, as in the manifest."""

    @property
    def manifest(self) -> str:
        """Manifest hash of the round."""

    @property
    def salt(self) -> bytes:
        """Salt of the voters' hashes: 32 bytes."""

    @property
    def head(self) -> str:
        """Head of the log."""

    @property
    def frozen(self) -> bool:
        """Whether issuing has ended."""

    def find(self, blinded: str) -> Answered | None:
        """Return the answer to this blinded message, by its hash."""

    def has_issued(self, voter: str) -> bool:
        """Tell whether this voter, by hash, has received a slip."""

    def count(self, kind: Kind) -> int:
        """Count the entries of a kind."""

    def append(self, entry: Entry, signature: bytes = b"") -> None:
        """Add an act, with the answer where there is one.

        Two desks may ask at the same moment, so whatever was looked up before, this itself refuses an act after the
        freeze (IssuingFrozen), a second slip (AlreadyIssued) and a blinded message seen before (BlindedRepeated). Of
        the key's end it takes one entry, after the freeze (NotFrozen).
        """


def check_order(ledger: Ledger, kind: Kind) -> None:
    """Refuse an entry out of its turn: acts, then `frozen`, then `destroyed`. Raises IssuingFrozen, NotFrozen."""
    if kind is Kind.DESTROYED and not ledger.frozen:
        raise NotFrozen(ledger.issuer)
    if ledger.frozen and (kind is not Kind.DESTROYED or ledger.count(Kind.DESTROYED)):
        raise IssuingFrozen(ledger.issuer)


class MemoryLedger:
    """The ledger of one process; `to_json` holds all of it."""

    def __init__(self, *, manifest: str, issuer: str, salt: bytes | None = None) -> None:
        self.manifest = manifest
        self.issuer = issuer
        self.salt = secrets.token_bytes(SALT_LENGTH) if salt is None else salt
        self.head = log_start(manifest=manifest, issuer=issuer)
        self.entries: list[Entry] = []
        self._answers: dict[str, Answered] = {}
        self._voters: set[str] = set()
        self._counts: Counter[Kind] = Counter()

    @property
    def frozen(self) -> bool:
        """Whether issuing has ended."""
        return self._counts[Kind.FROZEN] > 0

    def find(self, blinded: str) -> Answered | None:
        """Return the answer to this blinded message, by its hash."""
        return self._answers.get(blinded)

    def has_issued(self, voter: str) -> bool:
        """Tell whether this voter, by hash, has received a slip."""
        return voter in self._voters

    def count(self, kind: Kind) -> int:
        """Count the entries of a kind."""
        return self._counts[kind]

    def append(self, entry: Entry, signature: bytes = b"") -> None:
        """Add an act, with the answer where there is one. Raises what `Ledger.append` says."""
        check_order(self, entry.kind)
        if entry.kind in ANSWERS and entry.blinded in self._answers:
            raise BlindedRepeated("blinded message")
        if entry.kind is Kind.ISSUED:
            if entry.voter in self._voters:
                raise AlreadyIssued("voter")
            self._voters.add(entry.voter)
        if entry.kind in ANSWERS:
            self._answers[entry.blinded] = Answered(entry, signature)
        self.entries.append(entry)
        self._counts[entry.kind] += 1
        self.head = next_head(self.head, entry)

    def to_json(self) -> str:
        """Return everything: the log in its order, the answers in the same order, and the head they lead to."""
        state = {
            "format": STATE_FORMAT,
            "manifest": self.manifest,
            "issuer": self.issuer,
            "salt": self.salt.hex(),
            "entries": [asdict(entry) for entry in self.entries],
            "answers": [self._answers[e.blinded].signature.hex() for e in self.entries if e.kind in ANSWERS],
            "head": self.head,
        }
        return json.dumps(state, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> MemoryLedger:
        """Rebuild the ledger act by act. Raises IssuerStateDamaged unless `to_json` would write this very text."""
        try:
            ledger = cls._rebuild(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, KeysError):
            raise IssuerStateDamaged("state") from None
        if ledger.to_json() != text:
            raise IssuerStateDamaged("state")
        return ledger

    @classmethod
    def _rebuild(cls, state: dict[str, Any]) -> MemoryLedger:
        ledger = cls(manifest=state["manifest"], issuer=state["issuer"], salt=bytes.fromhex(state["salt"]))
        answers = iter(state["answers"])
        for row in state["entries"]:
            entry = Entry(**(row | {"kind": Kind(row["kind"])}))
            signature = bytes.fromhex(next(answers, "")) if entry.kind in ANSWERS else b""
            if entry.kind in ANSWERS and entry.answer != hash_answer(signature):
                raise IssuerStateDamaged("answers")
            ledger.append(entry, signature)
        return ledger
