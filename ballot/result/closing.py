"""Closing: the box gives back what it holds, and the record of the round is written; committee and tally do the rest.

Here live the close and the writing. Never here: a sum (counting.py, and there a process of its own).
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.orm import Session

from ballot.acts import Actor, check_allowed, find_round, move, second_person
from ballot.box import bit_rot, second_copy
from ballot.box.checkpoints import Contents, contents, seal
from ballot.box.voiding import effective_list
from ballot.box_round import check_whole, move_box, require, round_of
from ballot.desk import sites
from ballot.house import House
from ballot.models import box as box_tables
from ballot.public.cosigning import write_copies
from ballot.result import complaint_wait
from ballot.result.record_place import close_archive, lay
from ballot.round_errors import BoxBehind
from ballot.slips.issuers import doors
from ballot.storage import reading, rewrite, writing
from ballot.written_record import written_root
from tally.i18n import marked as _
from tally.protocol.archive import BALLOT, Archive
from tally.protocol.checkpoint import Closing, encode_notes, sign_note
from tally.protocol.committee import Committee
from tally.protocol.credential_list import CredentialList, Issuance
from tally.protocol.election import Election
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Refused
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Act, Phase
from tally.record import (
    ARCHIVE,
    CHECKPOINTS,
    CLOSING,
    COMMITTEE,
    CREDENTIALS,
    ISSUANCE,
    MANIFEST,
    OPENING,
    SPOILED,
    Record,
)


class EnvelopesLeft(Refused):
    """More slips would count as handed out than there are voters: envelopes are still to be opened and voided."""

    code = "ENVELOPES_LEFT"
    text = _("Còn ít nhất {count} phong bì chưa dùng phải mở và vô hiệu tại trạm trước khi chốt hòm phiếu.")


def close(house: House, uuid: str, actor: Actor) -> str | None:
    """Close the box when a second person confirms, and write the record; return the root, or nothing if proposed.

    Raises WrongPhase, SitesWaiting, BoxBehind, BallotDamaged, EnvelopesLeft. Source: SPEC 5.9, step 4.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.CLOSE)
        sites.check_none_waiting(session, row)
        with suppress(second_copy.CopyAway):  # a copy that is away must not stop the close
            second_copy.check_not_older(house, uuid)
        if not second_person(session, row, Act.CLOSE, actor):
            return None
        with writing(house.box) as box:
            box_row = move_box(box, uuid, Phase.VOTING, Phase.CLOSED)
            check_whole(box, uuid)
            bit_rot.mend(house, box, box_row)
            _check_envelopes(box, box_row)
        move(house, session, row, Act.CLOSE, actor)
        complaint_wait.begin(session, row)
    return write_record(house, uuid)


def _check_envelopes(box: Session, row: box_tables.Election) -> None:
    """Refuse a record that nobody could verify: more slips that count as handed out than voters on the roll."""
    listed, voters = effective_list(box, row), Manifest.parse(row.manifest).roll.voters
    if listed.issued > voters:
        raise EnvelopesLeft("round", count=listed.issued - voters)


def write_again(house: House, uuid: str, actor: Actor) -> str:
    """Write the record of a closed round once more, if writing was cut off. Returns the root.

    Raises WrongPhase, and BoxBehind where the box came out of a backup, or is not the one whose record was written:
    what it signed once stays its only last word. Source: threats I13, G2.
    """
    with reading(house.registry) as session:
        check_allowed(find_round(session, uuid), Act.TALLY)
    with reading(house.box) as session:
        check_whole(session, uuid)
        require(round_of(session, uuid), Phase.CLOSED)
    _check_as_written(house, uuid)
    return write_record(house, uuid)


def _check_as_written(house: House, uuid: str) -> None:
    """Compare the box's ballots with those of a record that was written to its end. Raises BoxBehind, and marks it."""
    if not written_root(house, uuid):
        return
    written = Archive.parse((house.record(uuid) / f"{uuid}.bel").read_bytes()).ballots
    with reading(house.box) as session:
        row = round_of(session, uuid)
        held = contents(session, uuid, Election.parse(row.election or b"")).ballots
    if held != list(written):
        second_copy.mark_behind(house, uuid)
        raise BoxBehind("round")


def write_record(house: House, uuid: str) -> str:
    """Seal the last batch, rewrite the box in key order, write the record of the closed round; return its root.

    The same box gives the same bytes, so it may be called again. Raises WrongPhase where it is not to be counted now.
    """
    seal(house, uuid, closing=True)
    rewrite(house.box)
    with reading(house.box) as session:
        row = round_of(session, uuid)
        found = contents(session, uuid, Election.parse(row.election or b""))
        credentials = effective_list(session, row)
    closed = close_archive(house, uuid, _archive(row, found, credentials).encode())
    root = Archive.parse(closed).root
    record = Record(_files(house, row, found, credentials, closed), f"{uuid}.bel")
    with writing(house.registry) as session:  # it may have been annulled, or counted after another wrote it
        check_allowed(find_round(session, uuid), Act.TALLY)
        lay(house, uuid, record)
    with suppress(second_copy.CopyAway):  # the record itself says that the box was closed
        second_copy.keep_closing(house, uuid, (house.record(uuid) / CLOSING).read_bytes())
    write_copies(house, uuid)
    return root


def _archive(row: box_tables.Election, found: Contents, credentials: CredentialList) -> Archive:
    begun = Archive.begin(
        Manifest.parse(row.manifest).timestamp,
        election=row.election or b"",
        trustees=Committee.parse(row.committee or b"").trustees.raw,
        credentials=credentials.public(),
    )
    return begun.extended(*((BALLOT, (raw,)) for raw in found.ballots)) if found.ballots else begun


def _files(
    house: House, row: box_tables.Election, found: Contents, credentials: CredentialList, closed: bytes
) -> dict[str, bytes]:
    manifest = Manifest.parse(row.manifest)
    spoiled = found.spoiled.encode()
    issuance = _issuance(house, manifest, credentials).encode()
    statement = Closing(
        head=found.head,
        manifest=manifest.hash,
        election=sha256_hex(row.election or b""),
        opening=sha256_hex(row.opening or b""),
        credentials=credentials.hash,
        issuance=sha256_hex(issuance),
        spoiled=sha256_hex(spoiled),
        root=Archive.parse(closed).root,
    )
    signer = house.keyring.box(manifest.uuid)
    note = sign_note(statement.lines(manifest.origin), manifest.origin, bytes.fromhex(signer.public_hex), signer.sign)
    return {
        MANIFEST: row.manifest,
        COMMITTEE: row.committee or b"",
        OPENING: row.opening or b"",
        CREDENTIALS: credentials.encode(),
        ISSUANCE: issuance,
        ARCHIVE: closed,
        CHECKPOINTS: encode_notes(found.notes),
        SPOILED: spoiled,
        CLOSING: note.encode(),
    }


def _issuance(house: House, manifest: Manifest, credentials: CredentialList) -> Issuance:
    """Ask every issuer for its own statement. Raises IssuerAway: the record is then written once all answer."""
    return Issuance(tuple(issuer.statement(manifest.uuid, credentials) for issuer in doors(house, manifest)))
