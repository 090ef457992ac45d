"""Whole records handed to the page's modules under Node, and what Python says of them before decryption.

Here lives the asking. Never here: a record, or a comparison (test_closed_record*.py).
"""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

from tally.protocol.encoding import sha256_hex
from tally.record import Record
from tally.verify import CheckFailed, ClosedRecord, verify_closed

HERE = Path(__file__).parent
MERGED = {5: 4}  # the page checks form and ceremony of a committee together
ALL = 60_000


def case(record: Record, *, expected: str | None = None, budget: int = ALL, **more: Any) -> dict[str, Any]:
    """Return what records.mjs reads; without a hash from paper the record is held against its own manifest."""
    files = {name: base64.b64encode(raw).decode() for name, raw in (*record.members(), *record.witnesses.items())}
    own = sha256_hex(record.files.get("manifest.json", b""))
    return {"files": files, "manifest": expected or own, "budget": budget, **more}


def ask(node: str, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    command = [node, str(HERE / "records.mjs")]
    done = subprocess.run(command, input=json.dumps(cases), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(answers) == len(cases)
    return answers


def refusal(failed: CheckFailed) -> tuple[int, str]:
    return MERGED.get(failed.check.number, failed.check.number), failed.code


def verdict(record: Record, expected: str | None = None) -> ClosedRecord | CheckFailed:
    try:
        return verify_closed(record, expected_manifest=expected)
    except CheckFailed as failed:
        return failed
