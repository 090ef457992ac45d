"""An issuer of a round with three voters, together with the ledger that tests look into.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from keys.issuer import BlindSigner, Issuer, IssuerKey, Kind, MemoryLedger

MANIFEST, CREDENTIALS, NAME = "a1" * 32, "c3" * 32, "Ban tổ chức"
FIRST, SECOND, THIRD, STRANGER = "đại biểu 1", "đại biểu 2", "đại biểu 3", "khách mời"


@dataclass
class Desk:
    """An issuer together with the ledger that a test looks into."""

    key: IssuerKey
    ledger: MemoryLedger = field(default_factory=lambda: MemoryLedger(manifest=MANIFEST, issuer=NAME))

    def __post_init__(self) -> None:
        self.signer = BlindSigner(self.key)
        self.issuer = Issuer(self.signer, voters=[FIRST, SECOND, THIRD], ledger=self.ledger)

    def counts(self) -> dict[str, int]:
        return {kind.value: self.ledger.count(kind) for kind in Kind if self.ledger.count(kind)}
