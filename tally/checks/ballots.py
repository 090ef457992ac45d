"""Checks 15 to 22: every ballot by itself, all ballots together, and the box's own statements about them.

Here live checks of ballots, cheapest first. Never here: a decryption.
"""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterator, Sequence
from typing import overload

from tally.checks.evidence import Check, Evidence
from tally.checks.listed import PRINT, repeated
from tally.checks.one_pass import pass_over, prints
from tally.examining import FORM, PROOFS, SIGNATURE, place
from tally.i18n import marked as _
from tally.protocol.archive import END_BALLOTS
from tally.protocol.ballot import Ballot
from tally.protocol.checkpoint import Closing, parse_notes, replay
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import (
    AlreadyCast,
    CredentialVoid,
    DuplicateBallot,
    DuplicateCiphertext,
    Incomplete,
    Mismatch,
    NotListed,
    NotSorted,
    TooFewBallots,
    TooManyBallots,
)
from tally.protocol.group import Point
from tally.protocol.spoiled import Spoiled
from tally.protocol.stored import Bodies
from tally.record import CHECKPOINTS, CLOSING, CREDENTIALS, ISSUANCE, OPENING, SPOILED


class Ballots(Sequence[Ballot]):
    """The ballots of an archive, each read from it when it is asked for."""

    def __init__(self, bodies: Bodies) -> None:
        self.bodies = bodies

    def __len__(self) -> int:
        return len(self.bodies)

    @overload
    def __getitem__(self, index: int) -> Ballot: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Ballot, ...]: ...
    def __getitem__(self, index: int | slice) -> Ballot | tuple[Ballot, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        i = range(len(self))[index]
        return Ballot.parse(self.bodies[i], place(i))


def form(e: Evidence) -> None:
    """Check 15: each ballot is canonical, for this election, and there once; a round of ours sorts them by hash.

    With it goes the one pass in which signatures and proofs are examined too; checks 17 and 19 tell what it found.
    """
    bodies = e.archive.ballots
    e.ballots = Ballots(bodies)
    e.examined = pass_over(e)
    wrong = len(e.examined.owners) if FORM in e.examined.faults else len(bodies)
    _check_hashes(bodies, wrong, in_order=not e.bare)
    e.examined.check(FORM)


def _check_hashes(bodies: Bodies, end: int, *, in_order: bool) -> None:
    """Check that no ballot up to number `end` is there twice, or, if they have an order, stands before its place."""
    short = array("Q", (int.from_bytes(bodies.digest(i)[:PRINT], "big") for i in range(len(bodies))))
    twice, seen = repeated(short), set[bytes]()
    for i in range(min(end + 1, len(bodies))):
        if short[i] in twice:
            if bodies.digest(i) in seen:
                raise DuplicateBallot(place(i))
            seen.add(bodies.digest(i))
        if in_order and i and bodies.digest(i) < bodies.digest(i - 1):
            raise NotSorted(place(i))


def credentials(e: Evidence) -> None:
    """Check 16: each credential is listed; in a round of ours not void and used once, elsewhere the last counts."""
    void = frozenset() if e.bare else frozenset(e.listed.find(point.raw) for point in e.credentials.void)
    last, e.superseded = array("q", [-1]) * len(e.listed), array("q")
    for i, owner in enumerate(e.examined.owners):
        if owner < 0:
            raise NotListed(place(i))
        if owner in void:
            raise CredentialVoid(place(i))
        if last[owner] >= 0:
            if not e.bare:
                raise AlreadyCast(place(i))
            e.superseded.append(last[owner])
        last[owner] = i
    e.total_weight = sum(e.listed.weight(owner) for owner, i in enumerate(last) if i >= 0)


def signatures(e: Evidence) -> None:
    """Check 17: each ballot is signed with its credential's key."""
    e.examined.check(SIGNATURE)


def ciphertexts(e: Evidence) -> None:
    """Check 18: no alpha stands in two places of the round: nobody copied a vote or its randomness."""
    if not (twice := repeated(e.examined.prints)):
        return
    seen: set[Point] = set()  # eight bytes can be alike by chance: look again, at whole alphas
    for i, alpha in _alphas(e, twice):
        if alpha in seen:
            raise DuplicateCiphertext(place(i))
        seen.add(alpha)


def _alphas(e: Evidence, short: Container[int]) -> Iterator[tuple[int, Point]]:
    """Yield the alphas that have one of these prints, each with the number of its ballot."""
    for i, ballot in enumerate(e.ballots):
        for ciphertext in ballot.ciphertexts():
            if next(prints(ciphertext.alpha.raw)) in short:
                yield i, ciphertext.alpha


def proofs(e: Evidence) -> None:
    """Check 19: every zero-knowledge proof of every ballot."""
    e.examined.check(PROOFS)


def spoiled(e: Evidence) -> None:
    """Check 20: ballots opened to test a terminal are what they claim, and none of them counts."""
    e.spoiled = Spoiled.parse(e.record[SPOILED])
    e.spoiled.check(e.election)
    opened = e.spoiled.alphas()
    short = frozenset(next(prints(alpha.raw)) for alpha in opened)
    if not short.isdisjoint(e.examined.prints):
        for i, alpha in _alphas(e, short):
            if alpha in opened:
                raise DuplicateCiphertext(place(i))


def closing(e: Evidence) -> None:
    """Check 21: the box's checkpoints and its last statement are over exactly the archive's ballots."""
    if not e.archive.of_type(END_BALLOTS):
        raise Incomplete("archive", missing=END_BALLOTS)
    notes = parse_notes(e.record[CHECKPOINTS], CHECKPOINTS)
    head, listed = replay(notes, e.manifest, e.election.hash)
    archived = [e.archive.ballots.digest(i).hex() for i in range(len(e.ballots))]
    for missing in sorted(set(listed) ^ set(archived))[:1]:
        raise Mismatch(f"ballot {missing}", other=CHECKPOINTS if missing in archived else "archive")
    statement = Closing(
        head=head,
        manifest=e.manifest.hash,
        election=e.election.hash,
        opening=sha256_hex(e.record[OPENING]),
        credentials=sha256_hex(e.record[CREDENTIALS]),
        issuance=sha256_hex(e.record[ISSUANCE]),
        spoiled=sha256_hex(e.record[SPOILED]),
        root=e.archive.root,
    )
    statement.check(e.record[CLOSING], e.manifest)


def counts(e: Evidence) -> None:
    """Check 22: not more ballots than slips, and not so few that the sums would reveal persons."""
    returned, issued = len(e.ballots), e.credentials.issued
    if returned > issued:
        raise TooManyBallots("archive", returned=returned, issued=issued)
    if returned < e.manifest.minimum_ballots:
        raise TooFewBallots("archive", found=returned, minimum=e.manifest.minimum_ballots)


CHECKS = (
    Check(15, _("Phiếu: đúng dạng, đúng đợt, không lặp"), form, bare=True),
    Check(16, _("Phiếu: thẻ có trong danh sách, chưa hủy, dùng một lần"), credentials, bare=True),
    Check(17, _("Phiếu: chữ ký của thẻ"), signatures, bare=True),
    Check(18, _("Phiếu: không có bản mã nào bị sao chép"), ciphertexts),
    Check(19, _("Phiếu: mọi chứng minh không tiết lộ"), proofs, bare=True),
    Check(20, _("Phiếu mở ra để kiểm tra máy"), spoiled),
    Check(21, _("Các mốc niêm phong và tờ chốt của hòm phiếu"), closing),
    Check(22, _("Số phiếu thu về không vượt số phát ra, không dưới mức tối thiểu"), counts),
)
