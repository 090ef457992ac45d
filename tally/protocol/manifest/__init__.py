"""The manifest: everything about a round that is sealed before anybody is issued a slip. Its hash names the round.

Here live the file manifest.json, its parts, and what follows from it alone. Never here: the committee's key or a
credential.

    manifest = Manifest.parse(raw)      # bytes -> a value whose every field is within its bounds, or a refusal
    manifest.hash                       # SHA-256 of these bytes: copied onto paper, and bound by all that follows

Its way: sealed.py decodes the bytes and has each part read by the file of its name: officials.py, roll.py, issuers.py,
policy.py, software.py, day.py, and the rule set by protocol/ruleset. Whoever makes a manifest gives the parts to
`Manifest.make`, which writes the one spelling and parses it, so that no rule is written twice.

Sealing in this order is what lets every later signature name the round: credentials are signed over the manifest's
hash; the election of the archive carries it in its description, so every proof of every ballot binds it. SPEC 4.1.
"""

from __future__ import annotations

from tally.protocol.manifest.day import check_date
from tally.protocol.manifest.issuers import MAX_ISSUERS, Issuer
from tally.protocol.manifest.officials import Block, Exempt, Official
from tally.protocol.manifest.policy import DISCLOSURES, MINIMUM_BALLOTS, SMALL_ELECTORATE, Policy
from tally.protocol.manifest.roll import SMALLEST_ROLL, Roll, roll_digest
from tally.protocol.manifest.sealed import LIMIT, Manifest, origin_of

__all__ = [
    "DISCLOSURES", "LIMIT", "MAX_ISSUERS", "MINIMUM_BALLOTS", "SMALLEST_ROLL", "SMALL_ELECTORATE", "Block", "Exempt",
    "Issuer", "Manifest", "Official", "Policy", "Roll", "check_date", "origin_of",
    "roll_digest",
]  # fmt: skip
