"""Checks 23 to 27: the sums, their decryption, the result, and the file result.json.

Here live checks of everything after the last ballot. Never here: an unverified number.
"""

from __future__ import annotations

from tally.checks.evidence import Check, Evidence
from tally.i18n import marked as _
from tally.outcome import evaluate
from tally.protocol.archive import ENCRYPTED_TALLY, PARTIAL_DECRYPTION, RESULT
from tally.protocol.decryption import (
    Binding,
    Owned,
    PartialDecryption,
    check_partial,
    check_strong_proofs,
)
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import BadDecryption, Incomplete, Mismatch, WrongCount
from tally.protocol.result import Result, combine_factors, open_sums
from tally.protocol.sums import EncryptedTally, SizedTally
from tally.record import RESULT as RESULT_FILE


def encrypted_tally(e: Evidence) -> None:
    """Check 23: the encrypted tally is the product of the retained ballots, and says how many they are."""
    events = e.archive.of_type(ENCRYPTED_TALLY)
    if not events:
        e.archive.check_complete("archive")
    raw, sized_raw = events[0].data
    e.tally = _product(e)
    if raw != e.tally.encode():
        raise Mismatch("encrypted_tally", other="ballots")
    sized = SizedTally.parse(sized_raw)
    for found, expected in (
        (sized.num_tallied, len(e.ballots) - len(e.superseded)),
        (sized.total_weight, e.total_weight),
    ):
        if found != expected:
            raise WrongCount("sized_tally", found=found, expected=expected)
    if sized.encode() != sized_raw or sized.encrypted_tally != sha256_hex(raw):
        raise Mismatch("sized_tally", other="encrypted_tally")


def _product(e: Evidence) -> EncryptedTally:
    """Return the product of the retained ballots: what the pass made, if every weight is 1, without the others."""
    if e.listed.weights is not None:
        left_out, owners = frozenset(e.superseded), e.examined.owners
        kept = (i for i in range(len(e.ballots)) if i not in left_out)
        return EncryptedTally.over(e.election, ((e.ballots[i], e.listed.weight(owners[i])) for i in kept))
    others = EncryptedTally.over(e.election, ((e.ballots[i], 1) for i in e.superseded))
    everything = EncryptedTally.of(e.election, e.examined.product or ())
    return everything.without(others) if e.superseded else everything


def partial_decryptions(e: Evidence) -> None:
    """Check 24: each partial decryption belongs to one trustee and its factors are proved, as Belenios proves them."""
    e.archive.check_complete("archive")
    e.parts = {}
    for event in e.archive.of_type(PARTIAL_DECRYPTION):
        raw, owned_raw = event.data
        owned = Owned.parse(owned_raw, "owned")
        where = f"trustee {owned.owner}"
        if (
            owned.payload != sha256_hex(raw)
            or owned.owner <= max(e.parts, default=0)
            or owned.owner > len(e.trustees.owners)
        ):
            raise BadDecryption(where)
        part = PartialDecryption.parse(raw, e.election, where)
        check_partial(e.election, e.tally, part, e.trustees.owners[owned.owner - 1], where)
        e.parts[owned.owner] = part


def strong_proofs(e: Evidence) -> None:
    """Check 25: each factor is also proved with ciphertext and factor in the hash."""
    for owner, part in e.parts.items():
        check_strong_proofs(e.tally, part, binding(e, owner), e.trustees.owners[owner - 1], f"trustee {owner}")


def binding(e: Evidence, owner: int) -> Binding:
    """Return what the strong proofs of `owner` are about."""
    return Binding(e.manifest.hash, e.election.hash, sha256_hex(e.tally.encode()), owner)


def result(e: Evidence) -> None:
    """Check 26: the published result is what the parts open to, and no blank answer was counted twice."""
    opened = open_sums(e.tally, combine_factors(e.trustees, e.parts), e.total_weight)
    published = e.archive.of_type(RESULT)[0].data[0]
    if Result.parse(published, e.election) != opened or published != opened.encode():
        raise Mismatch("result", other="PartialDecryption")
    e.result = opened
    _check_bounds(e)


def _check_bounds(e: Evidence) -> None:
    for i, (row, question) in enumerate(zip(e.result.rows, e.election.questions, strict=True)):
        blanks, marks = (row[0], row[1:]) if question.blank else (0, row)
        most = blanks + (e.total_weight - blanks) * question.max
        if blanks > e.total_weight or blanks + sum(marks) > most:
            raise WrongCount(f"result[{i}]", found=sum(row), expected=f"≤ {most}")


def outcome(e: Evidence) -> None:
    """Check 27: result.json says what follows from the sums under the round's own rules, byte for byte."""
    expected = evaluate(
        e.manifest, root=e.archive.root, issued=e.credentials.issued, returned=len(e.ballots), counts=e.result.rows
    )
    if RESULT_FILE not in e.record.files:
        raise Incomplete("record", missing=RESULT_FILE)
    if e.record[RESULT_FILE] != expected.encode():
        raise Mismatch(RESULT_FILE, other="archive")


CHECKS = (
    Check(23, _("Tổng mã hóa đúng là tích của các phiếu được tính"), encrypted_tally, bare=True),
    Check(24, _("Từng phần giải mã và chứng minh kiểu Belenios"), partial_decryptions, True, False),
    Check(25, _("Chứng minh mạnh của từng phần giải mã"), strong_proofs, False, False),
    Check(26, _("Kết quả đúng là tổng đã giải mã"), result, True, False),
    Check(27, _("Bảng kết quả result.json đúng với tổng và quy tắc"), outcome, False, False),
)
