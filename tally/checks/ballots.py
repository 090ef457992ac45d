"""Checks 15 to 22: every ballot by itself, all ballots together, and the box's own statements about them.

Here live checks of ballots, cheapest first. Never here: a decryption.
"""

from __future__ import annotations

from concurrent.futures import Executor
from itertools import repeat

from tally.checks.evidence import Check, Evidence, Progress
from tally.i18n import marked as _
from tally.protocol.archive import END_BALLOTS
from tally.protocol.ballot import Ballot, check_election, check_proofs, check_signature
from tally.protocol.checkpoint import Closing, parse_notes, replay
from tally.protocol.election import Election
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
    Refused,
    TooFewBallots,
    TooManyBallots,
)
from tally.protocol.group import Point
from tally.protocol.spoiled import Spoiled
from tally.record import CHECKPOINTS, CLOSING, CREDENTIALS, ISSUANCE, OPENING, SPOILED

CHUNK = 8
SMALL = 3  # chunks; starting processes for fewer costs more than it saves


def form(e: Evidence) -> None:
    """Check 15: each ballot is canonical, for this election, and there once; a round of ours sorts them by hash."""
    hashes = [sha256_hex(raw) for raw in e.archive.ballots]
    seen: set[str] = set()
    e.ballots = []
    for i, (raw, digest) in enumerate(zip(e.archive.ballots, hashes, strict=True)):
        where = place(i)
        if digest in seen:
            raise DuplicateBallot(where)
        if not e.bare and i and digest < hashes[i - 1]:
            raise NotSorted(where)
        seen.add(digest)
        ballot = Ballot.parse(raw, where)
        check_election(ballot, e.election, where)
        e.ballots.append(ballot)
        e.progress(i + 1, len(hashes))


def credentials(e: Evidence) -> None:
    """Check 16: each credential is listed; in a round of ours not void and used once, elsewhere the last counts."""
    last: dict[object, Ballot] = {}
    for i, ballot in enumerate(e.ballots):
        if ballot.credential not in e.weights:
            raise NotListed(place(i))
        if not e.bare and ballot.credential in e.credentials.void:
            raise CredentialVoid(place(i))
        if not e.bare and ballot.credential in last:
            raise AlreadyCast(place(i))
        last[ballot.credential] = ballot
    e.retained = list(last.values())
    e.total_weight = sum(e.weights[ballot.credential] for ballot in e.retained)


def signatures(e: Evidence) -> None:
    """Check 17: each ballot is signed with its credential's key."""
    for i, ballot in enumerate(e.ballots):
        check_signature(ballot, place(i))


def ciphertexts(e: Evidence) -> None:
    """Check 18: no alpha stands in two places of the round: nobody copied a vote or its randomness."""
    seen: set[Point] = set()
    for i, ballot in enumerate(e.ballots):
        for ciphertext in ballot.ciphertexts():
            if ciphertext.alpha in seen:
                raise DuplicateCiphertext(place(i))
            seen.add(ciphertext.alpha)


def proofs(e: Evidence) -> None:
    """Check 19: every zero-knowledge proof of every ballot, on as many processes as the executor has."""
    check_all_proofs(e.ballots, e.election, e.executor, e.progress)


def check_all_proofs(ballots: list[Ballot], election: Election, executor: Executor | None, progress: Progress) -> None:
    """Check the proofs of `ballots`; the first wrong ballot is named whatever the executor.

    Raises BadProof, WrongShape. Source: SPEC 5.2, step 7.
    """
    chunks = [range(start, min(start + CHUNK, len(ballots))) for start in range(0, len(ballots), CHUNK)]
    if executor is None or len(chunks) < SMALL:
        for chunk in chunks:
            for i in chunk:
                check_proofs(ballots[i], election, place(i))
                progress(i + 1, len(ballots))
        return
    encoded = ([ballots[i].encode() for i in chunk] for chunk in chunks)
    for chunk, error in zip(chunks, executor.map(_proofs_of_chunk, encoded, repeat(election.raw), chunks), strict=True):
        if error is not None:
            raise error
        progress(chunk[-1] + 1, len(ballots))


def _proofs_of_chunk(encoded: list[bytes], election_raw: bytes, numbers: range) -> Refused | None:
    """Check one chunk in a worker process; the first error comes back as a value, so that order decides, not speed."""
    election = Election.parse(election_raw)
    for i, raw in zip(numbers, encoded, strict=True):
        try:
            check_proofs(Ballot.parse(raw, place(i)), election, place(i))
        except Refused as error:
            return error
    return None


def spoiled(e: Evidence) -> None:
    """Check 20: ballots opened to test a terminal are what they claim, and none of them counts."""
    e.spoiled = Spoiled.parse(e.record[SPOILED])
    e.spoiled.check(e.election)
    opened = e.spoiled.alphas()
    for i, ballot in enumerate(e.ballots):
        if any(ciphertext.alpha in opened for ciphertext in ballot.ciphertexts()):
            raise DuplicateCiphertext(place(i))


def closing(e: Evidence) -> None:
    """Check 21: the box's checkpoints and its last statement are over exactly the archive's ballots."""
    if not e.archive.of_type(END_BALLOTS):
        raise Incomplete("archive", missing=END_BALLOTS)
    notes = parse_notes(e.record[CHECKPOINTS], CHECKPOINTS)
    head, listed = replay(notes, e.manifest, e.election.hash)
    archived = [ballot.hash for ballot in e.ballots]
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


def place(index: int) -> str:
    """Name a ballot by its place in the archive, from 1; never by its credential."""
    return f"ballot {index + 1}"


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
