"""Voiding: whoever holds a slip can end its right to vote, by its own proof: a spoiled slip, an unused envelope.

Here live the act and the list as it stands. Never here: a name, a slip's code, or a void without its proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.box import second_copy
from ballot.box.staging import KEY_BYTES, check_key, is_staged
from ballot.box_round import check_whole, require_one, round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.phases import ARRIVING
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.protocol.credential_list import CredentialList
from tally.protocol.encoding import canonical, decode, fields, string
from tally.protocol.errors import AlreadyCast, NotListed, Refused
from tally.protocol.group import Point
from tally.protocol.holding import SPOILED, Voided
from tally.protocol.manifest import Manifest
from tally.protocol.proofs import Proof

LIMIT = 4 * 1024


class SpoiledNotVoided(Refused):
    """A slip is to be replaced, or was, and the one that it replaces was not scanned to void it."""

    code = "SPOILED_NOT_VOIDED"
    text = _("Đổi {reissued} thẻ hỏng mà mới quét hủy {voided} thẻ. Xin quét thẻ hỏng tại trạm rồi làm lại.")


def void(house: House, uuid: str, body: bytes) -> None:
    """Note that a credential may not vote any more; the same again is harmless.

    Before the list is fixed only a station may ask (it has the staging key) and only for a slip that was issued in this
    round, and "spoiled" takes the place of the other reason; afterwards only a listed and unused one can be voided.
    Raises WrongPhase, BoxBehind, CopyAway, StagingLocked, NotListed, AlreadyCast, BadSignature and reading errors.
    Source: SPEC 5.14, step 6.
    """
    asked = fields(decode(body, "void", limit=LIMIT), "void", "staging_key", "credential", "reason", "proof")
    key = string(asked.pop("staging_key"), "void.staging_key")
    found = Voided.parse(asked, "void")
    with reading(house.box) as session:
        row = round_of(session, uuid)
    require_one(row, *ARRIVING)
    manifest = Manifest.parse(row.manifest)
    found.check(manifest.hash, "void.proof")
    if row.credentials is not None:
        second_copy.begin(house, uuid)
    else:
        check_key(row, _key_bytes(key))
        if not is_staged(house, manifest, found.credential):
            raise NotListed("void")
    with writing(house.box) as session:  # every ballot is stored in such a transaction too: one of the two is first
        row = round_of(session, uuid)
        require_one(row, *ARRIVING)
        if row.credentials is not None:
            check_whole(session, uuid)
            if found.credential in listed(row.credentials).void:
                return
            _check_unused(session, row, found.credential)
        earlier = session.get(tables.Voided, (uuid, found.credential.raw))
        if earlier is None:
            session.add(_row(uuid, found))
        elif row.credentials is None and found.reason == SPOILED:
            session.merge(_row(uuid, found))  # else who hands a slip back could have spoiled the freeze's count
    if row.credentials is not None:
        second_copy.keep_void(house, uuid, found)


def _key_bytes(digits: str) -> bytes:
    """Return the key behind 64 hexadecimal digits; anything else is no key, and opens nothing."""
    is_key = len(digits) == 2 * KEY_BYTES and set(digits) <= set("0123456789abcdef")
    return bytes.fromhex(digits) if is_key else b""


def spoiled_before_freeze(house: House, uuid: str) -> int:
    """Return how many slips were handed back as spoiled so far: no more may be replaced."""
    with reading(house.box) as session:
        found = select(func.count()).select_from(tables.Voided).filter_by(uuid=uuid, cause=SPOILED)
        return session.scalar(found) or 0


def _check_unused(session: Session, row: tables.Election, credential: Point) -> None:
    if credential not in listed(row.credentials or b"").points:
        raise NotListed("void")
    if session.scalar(select(tables.Ballot.hash).filter_by(uuid=row.uuid, credential=credential.raw)) is not None:
        raise AlreadyCast("void")


def _row(uuid: str, voided: Voided) -> tables.Voided:
    proof = canonical(voided.proof.as_json())
    return tables.Voided(uuid=uuid, credential=voided.credential.raw, cause=voided.reason, proof=proof)


@lru_cache(maxsize=8)
def listed(credentials: bytes) -> CredentialList:
    """Return the fixed list; its bytes never change, so it is read once."""
    return CredentialList.parse(credentials)


def voided(session: Session, uuid: str) -> Iterator[Voided]:
    """Yield what was voided and is on no list yet, in the order of the credentials."""
    table = tables.Voided
    for row in session.scalars(select(table).where(table.uuid == uuid).order_by(table.credential)):
        proof = Proof.parse(decode(row.proof, "proof", limit=LIMIT), "proof")
        yield Voided(Point(row.credential), row.cause, proof)


def is_void(session: Session, uuid: str, credential: Point) -> bool:
    """Say whether a credential was voided after the list was fixed; those before stand on the list."""
    return session.get(tables.Voided, (uuid, credential.raw)) is not None


def effective_list(session: Session, row: tables.Election) -> CredentialList:
    """Return the list with everything that is void by now: what the record will hold as credentials.json."""
    fixed = listed(row.credentials or b"")
    later = [v for v in voided(session, row.uuid) if v.credential in fixed.points and v.credential not in fixed.void]
    every = sorted((*fixed.voided, *later), key=lambda v: v.credential.encode())
    return CredentialList(fixed.manifest, fixed.credentials, tuple(every))
