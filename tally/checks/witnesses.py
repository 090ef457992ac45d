"""Check 28: what witnesses signed, what they and voters kept, held against a record that is consistent by itself.

Here lives the comparison. Never here: a record that fails because nobody watched; the listing says so, and no more.
"""

from __future__ import annotations

from tally.accusing import compare, server
from tally.checks.evidence import Check, Evidence, Testimony
from tally.i18n import marked as _
from tally.protocol.booth import commit_code
from tally.protocol.checkpoint import Note, encode_notes, parse_notes
from tally.protocol.encoding import base64_compact, decode
from tally.protocol.errors import Mismatch, WrongShape
from tally.protocol.receipt import Receipt
from tally.record import CHECKPOINTS, CLOSING
from tally.witness_errors import ReceiptContradicts, WitnessSilent
from tally.witnessing import WitnessCopy, is_closing

RECEIPT_LIMIT = 4096


def testimony(e: Evidence) -> None:
    """Check 28: copies of witnesses and receipts are those of this record. SPEC 5.21, steps 4 to 6."""
    inside = tuple(_copy(e, raw, name) for name, raw in sorted(e.record.witnesses.items()))
    for copy, name in zip(inside, sorted(e.record.witnesses), strict=True):
        if not copy.witness:
            raise WrongShape(name, expected="witness")
    _check_distinct(e, inside)
    outside = tuple(_handed_over(e, raw, name) for name, raw in sorted(e.outside.copies.items()))
    receipts = tuple(_receipt(e, raw, name) for name, raw in sorted(e.outside.receipts.items()))
    e.testimony = Testimony(inside, outside, receipts)


def _copy(e: Evidence, raw: bytes, name: str) -> WitnessCopy:
    copy = WitnessCopy.parse(raw, e.manifest, name)
    compare(copy, _notes(e, CHECKPOINTS), _notes(e, CLOSING)[0], e.manifest, name)
    return copy


def _handed_over(e: Evidence, raw: bytes, name: str) -> WitnessCopy:
    """Read a copy from outside. An empty file, as a full disk leaves one, must not pass for a witness."""
    _check_two_last_words(e, raw, name)
    copy = _copy(e, raw, name)
    if not copy.notes:
        raise WitnessSilent(name)
    return copy


def _check_two_last_words(e: Evidence, raw: bytes, name: str) -> None:
    """Take two last words, which no copy has but a witness's evidence. SPEC 5.21, step 3."""
    notes = parse_notes(raw, name)
    if len(notes) == 2 and all(map(is_closing, notes)):
        for note in notes:
            _copy(e, encode_notes([note]), name)


def _notes(e: Evidence, name: str) -> tuple[Note, ...]:
    return parse_notes(e.record[name], name)


def _check_distinct(e: Evidence, copies: tuple[WitnessCopy, ...]) -> None:
    """One witness under two names would look like two people."""
    keys = [copy.key for copy in copies] + [e.manifest.log_key, *(i.statement_key for i in e.manifest.issuers)]
    names = [copy.witness for copy in copies]
    if len(set(keys)) != len(keys) or len(set(names)) != len(names):
        raise Mismatch("witness-*.txt", other="witness ≠ witness")


def _receipt(e: Evidence, raw: bytes, name: str) -> Receipt:
    """Find the very ballot of a receipt; what the box did not sign says nothing about the box. Threats G2."""
    receipt = Receipt.parse(decode(raw.strip(), name, limit=RECEIPT_LIMIT, exact=False), name)
    receipt.check(e.manifest, name)
    for i in range(len(e.ballots)):
        if base64_compact(e.archive.ballots.digest(i)) == receipt.tracker:
            choices = tuple(answer.choices for answer in e.ballots[i].answers)
            if commit_code(e.election, choices) == receipt.commit:
                return receipt
    raise ReceiptContradicts(name, tracker=receipt.tracker, **server(e.manifest))


CHECKS = (Check(28, _("Người chứng kiến và biên nhận: không có gì trái với hồ sơ"), testimony),)
