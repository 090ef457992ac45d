"""How slips were made, replaced and voided, and how often terminals were tested: the counters beside the result.

Here lives their taking from verified files of a record. Never here: a check of them (checks 6, 8 and 20), or a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tally.protocol.credential_list import CredentialList, Issuance
from tally.protocol.holding import SPOILED, UNUSED_ENVELOPE
from tally.protocol.spoiled import Spoiled

MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class SlipCounts:
    """What the record says of slips and of terminals; tuples hold each issuer's own number, in the order of `issuers`.

    `spoiled` and `unused` count void credentials by reason, `tests` the opened drafts by terminal ("" has no name).
    """

    issuers: tuple[str, ...]
    issued: tuple[int, ...]
    reissued: tuple[int, ...]
    envelopes: tuple[int, ...]
    undelivered: tuple[int, ...]
    spoiled: int
    unused: int
    tests: Mapping[str, int]

    @classmethod
    def of(cls, issuance: Issuance, credentials: CredentialList, spoiled: Spoiled) -> SlipCounts:
        """Take them from issuance.json, credentials.json and spoiled.json."""
        statements, reasons = issuance.statements, [v.reason for v in credentials.voided]
        return cls(
            issuers=tuple(s.issuer for s in statements),
            issued=tuple(s.issued for s in statements),
            reissued=tuple(s.reissued for s in statements),
            envelopes=tuple(s.envelopes for s in statements),
            undelivered=tuple(s.undelivered for s in statements),
            spoiled=reasons.count(SPOILED),
            unused=reasons.count(UNUSED_ENVELOPE),
            tests=spoiled.terminals(),
        )

    @property
    def others(self) -> int:
        """Tests of terminals beyond those that are printed by name: anybody can send one under any name."""
        return sum(list(self.tests.values())[MOST_NAMED:])


def of_each(counts: tuple[int, ...]) -> str:
    """Return the one number that all issuers say, or each one's."""
    return " / ".join(map(str, counts if len(set(counts)) > 1 else counts[:1]))
