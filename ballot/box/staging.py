"""The stations' staging: signed credentials, sealed to the freeze key, kept until the list is made.

Here lives what a station may leave with the box, and what the freeze finds there. Never here: a name, or an order of
arrival. Who may leave something is known by the round's staging key, which is the same for all stations.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.box.locks import staging_lock
from ballot.box_round import count, require, round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.round_errors import StagingFull
from ballot.storage import reading, writing
from keys.signers import FreezeKey, KeysError
from tally.i18n import marked as _
from tally.protocol.credential_list import ListedCredential
from tally.protocol.encoding import decode
from tally.protocol.errors import Refused, TallyError, TooLarge
from tally.protocol.group import Point
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase, WrongPhase

KEY_BYTES = 32
STAGING_LIMIT = 8 * 1024
STAGED_PER_VOTER = 50  # a station that went wild; what is not a signed credential is passed over at the freeze


class StagingLocked(Refused):
    """Not from a station of this round: it does not have the staging key."""

    code = "STAGING_LOCKED"
    text = _("Chỉ trạm in thẻ của đợt này được gửi dữ liệu này. Không có gì bị thay đổi.")


def check_key(row: tables.Election, key: bytes) -> None:
    """Check that the sender has the round's staging key. Raises StagingLocked."""
    if not hmac.compare_digest(row.staging_lock, staging_lock(key)):
        raise StagingLocked("staging")


def stage_credential(house: House, uuid: str, body: bytes) -> None:
    """Keep a station's sealed credential until the freeze; the same blob twice is one.

    `body` is the staging key, 32 bytes, and the blob. Raises WrongPhase, StagingLocked, TooLarge.
    Source: SPEC 5.14, step 4.
    """
    if len(body) > KEY_BYTES + STAGING_LIMIT:
        raise TooLarge("credential", limit=STAGING_LIMIT)
    key, sealed = body[:KEY_BYTES], body[KEY_BYTES:]
    digest = hashlib.sha256(sealed).digest()
    with writing(house.box) as session:
        row = round_of(session, uuid)
        require(row, Phase.ISSUING)
        if row.credentials is not None:
            raise WrongPhase("round", phase=row.phase)
        check_key(row, key)
        most = STAGED_PER_VOTER * Manifest.parse(row.manifest).roll.voters
        if count(session, tables.StagedCredential, uuid) >= most:
            raise StagingFull("credential")
        if session.get(tables.StagedCredential, (uuid, digest)) is None:
            session.add(tables.StagedCredential(uuid=uuid, digest=digest, sealed=sealed))


def make_room(house: House, uuid: str) -> None:
    """Once the staging is half full, drop what the freeze would pass over, and all blobs of one credential but one.

    Whoever was given one slip has the staging key, a voter's own device too, and could keep every station from
    delivering with it. What is opened for this is forgotten with it. Source: SPEC 5.14; threats P8, C33.
    """
    with reading(house.box) as session:
        row = round_of(session, uuid)
        there = count(session, tables.StagedCredential, uuid)
        if row.phase != Phase.ISSUING.value or row.credentials is not None or 2 * there < STAGED_PER_VOTER:
            return
        manifest = Manifest.parse(row.manifest)
        if 2 * there < STAGED_PER_VOTER * manifest.roll.voters:
            return
        blobs = _blobs(session, uuid)
    useless = [hashlib.sha256(blob).digest() for blob in _useless(house, manifest, blobs)]
    with writing(house.box) as session:
        for digest in useless:
            session.execute(delete(tables.StagedCredential).filter_by(uuid=uuid, digest=digest))


def _useless(house: House, manifest: Manifest, blobs: list[bytes]) -> Iterator[bytes]:
    key, kept = house.keyring.freeze(manifest.uuid), set()
    for blob in blobs:
        entry = _entry(key, blob)
        if entry is None or entry.credential in kept or not _is_signed(entry, manifest):
            yield blob
        else:
            kept.add(entry.credential)


def open_staged(house: House, manifest: Manifest) -> tuple[list[ListedCredential], int]:
    """Return all staged credentials that every issuer signed, and how many blobs were none.

    What does not open or does not verify is passed over, not an obstacle.
    """
    entries = list(_entries(house, manifest.uuid))
    found = {entry.credential: entry for entry in entries if entry is not None and _is_signed(entry, manifest)}
    return list(found.values()), len(entries) - len(found)


def is_staged(house: House, manifest: Manifest, credential: Point) -> bool:
    """Say whether a credential was issued in this round and delivered: only such a slip can be a spoiled one."""
    found = (entry for entry in _entries(house, manifest.uuid) if entry is not None and entry.credential == credential)
    return any(_is_signed(entry, manifest) for entry in found)


def _is_signed(entry: ListedCredential, manifest: Manifest) -> bool:
    try:
        entry.check_signatures(manifest, "credential")
    except TallyError:
        return False
    return True


def _entries(house: House, uuid: str) -> Iterator[ListedCredential | None]:
    """Open the blobs in the order of their hashes; None for what is no credential."""
    key = house.keyring.freeze(uuid)
    with reading(house.box) as session:
        blobs = _blobs(session, uuid)
    yield from (_entry(key, blob) for blob in blobs)


def _entry(key: FreezeKey, blob: bytes) -> ListedCredential | None:
    try:
        return ListedCredential.parse(decode(key.open(blob), "credential", limit=16_384), "credential")
    except (TallyError, KeysError):
        return None


def _blobs(session: Session, uuid: str) -> list[bytes]:
    table = tables.StagedCredential
    return list(session.scalars(select(table.sealed).where(table.uuid == uuid).order_by(table.digest)))
