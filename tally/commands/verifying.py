"""The verification that a command begins with: of a whole record, with each check on the screen.

Here lives that one call, and how a hash is taken from what a person typed. Never here: what is made of the record.
"""

from __future__ import annotations

from pathlib import Path

from tally.checks.evidence import NOTHING, Outside, no_progress
from tally.executors import Workers, pool
from tally.record import Record
from tally.screen import Screen
from tally.verify import VerifiedRecord, tell_nobody, verify_record


def verified_record(
    screen: Screen | None, path: Path, manifest_hash: str | None, workers: Workers, outside: Outside = NOTHING
) -> VerifiedRecord:
    """Verify a record, showing each check where there is a screen; `manifest_hash` in any grouping and case.

    Raises CheckFailed and what reading refuses.
    """
    record = Record.read(path)
    expected = "".join(manifest_hash.split()).lower() if manifest_hash is not None else None
    with pool(workers) as executor:
        return verify_record(
            record,
            expected_manifest=expected,
            executor=executor,
            progress=screen.progress if screen else no_progress,
            listener=screen.listener if screen else tell_nobody,
            outside=outside,
        )
