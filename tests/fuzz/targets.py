"""Every reader of something that comes from outside: its name, honest inputs, and what it may refuse with.

Here lives the table. Never here: a mutation (mutations.py), or a run (__main__.py, test_fuzz.py).

Whatever bytes come, a reader returns a value or raises one of its refusals, soon; what it takes it writes again as the
same bytes, where the format has one spelling.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tally.protocol.errors import CodedError
from tests.fuzz import outer, seeds

Read = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Target:
    """A reader, its honest inputs, and the errors that are answers; `slow` ones only get their corpus in CI."""

    name: str
    seeds: Callable[[], list[bytes]]
    read: Read
    refusals: tuple[type[Exception], ...] = (CodedError,)
    slow: bool = False

    def try_one(self, raw: bytes) -> bool:
        """Read one input; say whether it was taken. Anything but a refusal comes through."""
        try:
            self.read(raw)
        except self.refusals:
            return False
        return True


class OtherSpelling(AssertionError):
    """A reader took bytes that it would not write."""


def one_spelling(read: Callable[[bytes], Any]) -> Read:
    """Return a reader that insists on getting the same bytes back."""

    def again(raw: bytes) -> object:
        value = read(raw)
        if value.encode() != raw:
            raise OtherSpelling(type(value).__name__)
        return value

    return again


def _protocol() -> list[Target]:
    """Readers of the record and of what is carried by hand: tally/protocol."""
    rows: list[Target] = []
    for name, read, exact in outer.PROTOCOL:
        rows.append(Target(name, seeds.of(name), one_spelling(read) if exact else read))
    return rows


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        *_protocol(),
        Target("photos", seeds.of("photos"), outer.photos),
        Target("picture", seeds.of("picture"), outer.picture),
        Target("workbook", seeds.of("workbook"), outer.workbook, (CodedError, outer.Unfit)),
        Target("csv", seeds.of("csv"), outer.csv_list, (CodedError, outer.Unfit)),
        Target("roll", seeds.of("roll"), outer.roll),
        Target("paper-round", seeds.of("paper-round"), outer.paper_round),
        Target("rule-book", seeds.of("rule-book"), outer.rule_book),
        Target("key-file", seeds.of("key-file"), outer.key_file),
        Target("share", seeds.of("share"), outer.share),
        Target("issuer-state", seeds.of("issuer-state"), outer.issuer_state),
        Target("issuer-secret", seeds.of("issuer-secret"), outer.issuer_secret),
        Target("record-zip", seeds.of("record-zip"), outer.record_zip),
        Target("pack", seeds.of("pack"), outer.pack),
        Target("recount", seeds.of("recount"), outer.recount, (outer.RecountRefused,)),
        Target("recount-archive", seeds.of("archive"), outer.recount_archive, (outer.RecountRefused,)),
        Target("witness-copy", seeds.of("witness-copy"), one_spelling(outer.witness_copy)),
        Target("backup-header", seeds.of("backup-header"), one_spelling(outer.backup_header)),
        Target("backup-entries", seeds.of("backup-entries"), outer.backup_entries),
        Target("backup", seeds.of("backup"), outer.backup),
        Target("signed-pdf", seeds.of("signed-pdf"), outer.signed_pdf, slow=True),
        Target("whole-record", seeds.of("record-zip"), outer.whole_record, slow=True),
    )
}

PLANTED = Target("planted", lambda: [b'{"a":1,"b":[2]}'], lambda raw: json.loads(raw)["b"][0], (ValueError, TypeError))
"""A reader that breaks: the search is tried on it, and it is in no run over all readers."""
