"""The minutes of a sitting beside the record that they are about: read, checked to belong to it, compared.

Here lives the way from both files to one comparison. Never here: an equation (comparison.py), or a document.
"""

from __future__ import annotations

from pathlib import Path

from tally.comparison import Comparison, RecordCounts, compare
from tally.file_bytes import read_at_most
from tally.protocol.errors import Mismatch
from tally.protocol.minutes import LIMIT, Minutes
from tally.verify import VerifiedRecord

MINUTES = "minutes.json"


def read_minutes(path: Path) -> Minutes:
    """Read minutes.json, never more than it may hold. Raises TooLarge and reading errors."""
    return Minutes.parse(read_at_most(path, LIMIT, MINUTES))


def comparison_of(verified: VerifiedRecord, minutes: Minutes) -> Comparison:
    """Compare minutes with the record that they are about. Raises Mismatch where they are about another."""
    check_about(verified, minutes)
    e = verified.evidence
    return compare(RecordCounts.of(e.issuance, e.credentials, len(e.ballots)), minutes.paper, recounts=minutes.recounts)


def check_about(verified: VerifiedRecord, minutes: Minutes) -> None:
    """Check that minutes are about this record, and name members of its committee and witnesses beside it.

    Raises Mismatch. Source: SPEC 4.17.
    """
    e = verified.evidence
    if minutes.manifest != e.manifest.hash:
        raise Mismatch(f"{MINUTES}: manifest", other="manifest.json")
    if minutes.root != e.archive.root:
        raise Mismatch(f"{MINUTES}: root", other=e.record.archive_name)
    if any(signer.owner > len(e.committee.members) for signer in minutes.signers):
        raise Mismatch(f"{MINUTES}: signers", other="committee.json")
    if not set(minutes.witnesses) <= {copy.stated for copy in e.testimony.inside if copy.notes}:
        raise Mismatch(f"{MINUTES}: witnesses", other="witness-*.txt")
