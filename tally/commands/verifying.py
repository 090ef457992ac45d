"""A record that a command verifies first, and then makes something of.

Here lives that one call. Never here: what is made.
"""

from __future__ import annotations

from pathlib import Path

from tally.executors import Workers, pool
from tally.record import Record
from tally.screen import Screen
from tally.verify import VerifiedRecord, verify_record


def verified_record(screen: Screen, record: Path, manifest_hash: str | None, workers: Workers) -> VerifiedRecord:
    """Verify a record, showing each check. Raises CheckFailed and what reading refuses."""
    expected = "".join(manifest_hash.split()).lower() if manifest_hash is not None else None
    with pool(workers) as executor:
        return verify_record(
            Record.read(record), expected_manifest=expected, executor=executor,
            progress=screen.progress, listener=screen.listener,
        )  # fmt: skip
