"""The numbered checks of SPEC 6, in the order in which they run; each raises the first thing it finds wrong.

Here live the table of checks and the evidence they gather. Never here: output, or a check without a number.
"""

from __future__ import annotations

from tally.checks import archive, ballots, credentials, seal, sums, witnesses
from tally.checks.evidence import Check, Evidence

RECORD: tuple[Check, ...] = tuple(
    sorted(
        (*seal.CHECKS, *credentials.CHECKS, *archive.CHECKS, *ballots.CHECKS, *sums.CHECKS, *witnesses.CHECKS),
        key=lambda c: (not c.before_decryption, c.number),
    )
)
"""All checks of a whole record; those of a closed one come first, so that 28 speaks before anything is decrypted."""

CLOSED: tuple[Check, ...] = tuple(check for check in RECORD if check.before_decryption)
"""The checks a trustee's tool makes before it decrypts anything."""

BARE: tuple[Check, ...] = tuple(check for check in RECORD if check.bare)
"""The checks that a bare Belenios archive of anybody's making allows."""

__all__ = ["BARE", "CLOSED", "RECORD", "Check", "Evidence"]
