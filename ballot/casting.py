"""The ballot box: takes ballots while a round is open, seals them in batches, and gives them all back when it closes.

Here live the box's acts, each one transaction. Never here: a name, a time, a log line about one ballot.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ballot.house import House
from ballot.models import box as tables
from ballot.storage import RewriteFailed, reading, rewrite, writing
from tally.i18n import marked as _
from tally.protocol.acceptance import Accepted, accept
from tally.protocol.ballot import LIMIT, Ballot
from tally.protocol.checkpoint import Head, Note, ballots_of, checkpoint_lines, parse_notes, sealed_batches, sign_note
from tally.protocol.cipher import Ciphertext
from tally.protocol.credential_list import CredentialList
from tally.protocol.election import Election
from tally.protocol.encoding import canonical, decode
from tally.protocol.errors import AlreadyCast, DuplicateCiphertext, Refused, TooLarge
from tally.protocol.group import Point
from tally.protocol.manifest import Manifest
from tally.protocol.padding import padded_length, unpadded
from tally.protocol.phase import Phase, WrongPhase
from tally.protocol.receipt import Receipt, make_receipt
from tally.protocol.spoiled import OpenedBallot, Spoiled

STAGING_LIMIT = 8 * 1024
PATIENCE = 200  # milliseconds a voter may wait for readers while a sealed batch is written anew
OPENED_CHOICE = 320  # bytes of one opened choice at the most: two points, a bit, a scalar, their names
TESTS_PER_VOTER = 20  # observers test terminals as often as they like; this only bounds the disk
STAGED_PER_VOTER = 50  # anybody may post here; what is not a signed credential is passed over at the freeze


class NoSuchRound(Refused):
    """The box knows no round of this name."""

    code = "NO_SUCH_ROUND"
    text = _("Không có đợt lấy phiếu này.")


class StagingFull(Refused):
    """Far more sealed credentials or test ballots than voters: somebody is filling the disk."""

    code = "STAGING_FULL"
    text = _("Hòm phiếu nhận quá nhiều dữ liệu bất thường; xin quý vị báo ngay cho người phụ trách.")


@dataclass(frozen=True, slots=True)
class Rights:
    """A round's election with the credentials that may vote in it, read once."""

    election: Election
    listed: frozenset[Point]
    void: frozenset[Point]


@lru_cache(maxsize=8)
def _rights(election: bytes, credentials: bytes) -> Rights:
    found = CredentialList.parse(credentials)
    return Rights(Election.parse(election), found.points, frozenset(found.void))


def round_of(session: Session, uuid: str) -> tables.Election:
    """Return the box's row of a round. Raises NoSuchRound."""
    row = session.get(tables.Election, uuid)
    if row is None:
        raise NoSuchRound("round")
    return row


def require(row: tables.Election, phase: Phase) -> None:
    """Refuse an act in another phase. Raises WrongPhase."""
    if row.phase != phase.value:
        raise WrongPhase("round", phase=row.phase)


def require_one(row: tables.Election, *phases: Phase) -> None:
    """Refuse an act outside these phases: the one it starts from, and the one it leads to if it was cut off.

    Raises WrongPhase.
    """
    if row.phase not in {phase.value for phase in phases}:
        raise WrongPhase("round", phase=row.phase)


# --- casting -----------------------------------------------------------------------------------------------------


def cast(house: House, uuid: str, body: bytes) -> Receipt:
    """Take a ballot and return its receipt, once it is on the disk; the same bytes get the same receipt.

    Raises WrongPhase, TooLarge and everything acceptance refuses. Source: SPEC 5.2, 5.12, 5.13; threats C1–C24, I1.
    """
    with reading(house.box) as session:
        row = round_of(session, uuid)
        require(row, Phase.VOTING)
        rights = _rights(row.election or b"", row.credentials or b"")
    most = padded_length(rights.election)
    if len(body) > most:  # before any point in it is decoded
        raise TooLarge("ballot", limit=most)
    raw = unpadded(body)
    accepted = accept(raw, rights.election, listed=rights.listed, void=rights.void, box=_Known(house, uuid))
    if not accepted.repeated:
        _store(house, uuid, accepted, raw)
        seal(house, uuid, closing=False)
    return make_receipt(accepted.ballot, rights.election, house.keyring.box(uuid).sign)


def _store(house: House, uuid: str, accepted: Accepted, raw: bytes) -> None:
    """Insert; the phase is checked again in this very transaction, and the constraints decide every race."""
    ballot = accepted.ballot
    digest = bytes.fromhex(ballot.hash)
    try:
        with writing(house.box) as session:
            require(round_of(session, uuid), Phase.VOTING)
            session.add(tables.Ballot(uuid=uuid, hash=digest, credential=ballot.credential.raw, raw=raw))
            session.add(tables.Staged(uuid=uuid, hash=digest))
            session.add_all(tables.KnownCiphertext(uuid=uuid, digest=_digest(c)) for c in ballot.ciphertexts())
    except IntegrityError:
        earlier = _Known(house, uuid).ballot_under(ballot.credential)
        if earlier is None:
            raise DuplicateCiphertext("ballot") from None
        if earlier != raw:
            raise AlreadyCast("ballot") from None


class _Known:
    """What acceptance asks of the box; each answer is a short read of its own, since proofs take long."""

    def __init__(self, house: House, uuid: str) -> None:
        self._house, self._uuid = house, uuid

    def ballot_under(self, credential: Point) -> bytes | None:
        """Return the ballot cast under a credential, if there is one."""
        table = tables.Ballot
        found = select(table.raw).where(table.uuid == self._uuid, table.credential == credential.raw)
        with reading(self._house.box) as session:
            return session.scalar(found)

    def holds(self, ciphertexts: Collection[Ciphertext]) -> bool:
        """Say whether the alpha of any of these is known."""
        table, digests = tables.KnownCiphertext, [_digest(c) for c in ciphertexts]
        found = select(table.digest).where(table.uuid == self._uuid, table.digest.in_(digests)).limit(1)
        with reading(self._house.box) as session:
            return session.scalar(found) is not None


def _count(session: Session, table: type[tables.BoxBase], uuid: str) -> int:
    return session.scalar(select(func.count()).select_from(table).filter_by(uuid=uuid)) or 0


def _digest(ciphertext: Ciphertext) -> bytes:
    """Return the hash of alpha: whoever knows its randomness opens any ciphertext that shares it."""
    return hashlib.sha256(ciphertext.alpha.raw).digest()


def open_for_test(house: House, uuid: str, body: bytes) -> str:
    """Keep a ballot that was opened to test a terminal, so that it can never be cast; return its commit code.

    Raises WrongPhase, DuplicateCiphertext, and what reading and `Spoiled.check` refuse. Source: SPEC 5.1, step 2; 5.13.
    """
    with reading(house.box) as session:
        row = round_of(session, uuid)
        require(row, Phase.VOTING)
        election = Election.parse(row.election or b"")
    most = OPENED_CHOICE * sum(question.width for question in election.questions)
    if len(body) > most:
        raise TooLarge("ballot", limit=most)
    opened = _opened(body, election)
    code = opened.commit_code(election)
    ciphertexts = [o.ciphertext for line in opened.rows for o in line]
    if len({c.alpha for c in ciphertexts}) != len(ciphertexts):
        raise DuplicateCiphertext("ballot")
    try:
        with writing(house.box) as session:
            row = round_of(session, uuid)
            require(row, Phase.VOTING)
            if _count(session, tables.Spoiled, uuid) >= TESTS_PER_VOTER * Manifest.parse(row.manifest).roll.voters:
                raise StagingFull("ballot")
            session.add(tables.Spoiled(uuid=uuid, commit_code=bytes.fromhex(code), opened=unpadded(body)))
            session.add_all(tables.KnownCiphertext(uuid=uuid, digest=_digest(c)) for c in ciphertexts)
    except IntegrityError:
        raise DuplicateCiphertext("ballot") from None
    return code


def _opened(body: bytes, election: Election) -> OpenedBallot:
    """Read one opened ballot, sent as an array of rows, by the reader of spoiled.json."""
    rows = decode(unpadded(body), "ballot", limit=LIMIT)
    document = {"format": "phieu-tin-nhiem/spoiled/v1", "election": election.hash, "spoiled": [rows]}
    spoiled = Spoiled.parse(canonical(document), "ballot")
    spoiled.check(election, "ballot")
    return spoiled.ballots[0]


# --- checkpoints -------------------------------------------------------------------------------------------------


def seal(house: House, uuid: str, *, closing: bool) -> None:
    """Seal as many batches as may be sealed now. Source: SPEC 5.9."""
    with reading(house.box) as session:
        if not sealed_batches(_count(session, tables.Staged, uuid), closing=closing):
            return
    with writing(house.box) as session:
        row = round_of(session, uuid)
        manifest, election = Manifest.parse(row.manifest), Election.parse(row.election or b"")
        staged = [h.hex() for h in session.scalars(select(tables.Staged.hash).where(tables.Staged.uuid == uuid))]
        sizes = sealed_batches(len(staged), closing=closing)
        head = _head(session, uuid, election) if sizes else None
        for size in sizes:
            batch = [staged.pop(secrets.randbelow(len(staged))) for _ in range(size)]
            head = _seal_batch(session, house, manifest, head, batch)
    if not closing:
        with suppress(RewriteFailed):  # large rows keep their order of arrival until the file is written anew
            rewrite(house.box, patience=PATIENCE)


def _seal_batch(session: Session, house: House, manifest: Manifest, head: Head, batch: list[str]) -> Head:
    after = head.after(batch)
    signer = house.keyring.box(manifest.uuid)
    lines = checkpoint_lines(manifest.origin, after, batch)
    note = sign_note(lines, manifest.origin, bytes.fromhex(signer.public_hex), signer.sign)
    hashes = [bytes.fromhex(h) for h in batch]
    session.execute(delete(tables.Staged).where(tables.Staged.uuid == manifest.uuid, tables.Staged.hash.in_(hashes)))
    session.add(tables.Checkpoint(uuid=manifest.uuid, head=after.hash, previous=head.hash, note=note.encode()))
    session.flush()
    return after


def notes(session: Session, uuid: str, election: Election) -> list[Note]:
    """Return the checkpoints in the order of the chain."""
    by_previous = {
        c.previous: c for c in session.scalars(select(tables.Checkpoint).where(tables.Checkpoint.uuid == uuid))
    }
    ordered, at = [], Head.start(election.hash).hash
    while at in by_previous:
        ordered.append(parse_notes(by_previous[at].note, "checkpoint")[0])
        at = by_previous[at].head
    return ordered


def _head(session: Session, uuid: str, election: Election) -> Head:
    head = Head.start(election.hash)
    for note in notes(session, uuid, election):
        head = head.after(ballots_of(note, "checkpoint"))
    return head


# --- what a closed box gives back --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything in a closed box, sorted by hash: ballots, checkpoints, opened ballots, head of the chain."""

    ballots: list[bytes]
    notes: list[Note]
    spoiled: Spoiled
    head: Head


def contents(session: Session, uuid: str, election: Election) -> Contents:
    """Return what the box holds of a round."""
    rows = session.scalars(select(tables.Ballot).where(tables.Ballot.uuid == uuid)).all()
    ballots = [raw for _, raw in sorted((Ballot.parse(row.raw).hash, row.raw) for row in rows)]
    opened = [
        _opened(row.opened, election)
        for row in session.scalars(select(tables.Spoiled).where(tables.Spoiled.uuid == uuid))
    ]
    ordered = tuple(sorted(opened, key=lambda b: b.commit_code(election)))
    return Contents(
        ballots, notes(session, uuid, election), Spoiled(election.hash, ordered), _head(session, uuid, election)
    )


# --- the stations' staging ---------------------------------------------------------------------------------------


def stage_credential(house: House, uuid: str, sealed: bytes) -> None:
    """Keep a station's sealed credential until the freeze; the same blob twice is one.

    Raises WrongPhase, TooLarge. Source: SPEC 5.14, step 3.
    """
    if len(sealed) > STAGING_LIMIT:
        raise TooLarge("credential", limit=STAGING_LIMIT)
    digest = hashlib.sha256(sealed).digest()
    with writing(house.box) as session:
        row = round_of(session, uuid)
        require(row, Phase.ISSUING)
        if row.credentials is not None:
            raise WrongPhase("round", phase=row.phase)
        most = STAGED_PER_VOTER * Manifest.parse(row.manifest).roll.voters
        if _count(session, tables.StagedCredential, uuid) >= most:
            raise StagingFull("credential")
        if session.get(tables.StagedCredential, (uuid, digest)) is None:
            session.add(tables.StagedCredential(uuid=uuid, digest=digest, sealed=sealed))


def staged_credentials(session: Session, uuid: str) -> list[bytes]:
    """Return the sealed credentials, in the order of their hashes."""
    table = tables.StagedCredential
    return list(session.scalars(select(table.sealed).where(table.uuid == uuid).order_by(table.digest)))
