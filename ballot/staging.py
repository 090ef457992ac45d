"""The stations' staging: signed credentials, sealed to the freeze key, kept until the list is made.

Here lives what a station may leave with the box. Never here: the key that opens it.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.box import StagingFull, count, require, round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.storage import writing
from tally.protocol.errors import TooLarge
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase, WrongPhase

STAGING_LIMIT = 8 * 1024
STAGED_PER_VOTER = 50  # anybody may post here; what is not a signed credential is passed over at the freeze


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
        if count(session, tables.StagedCredential, uuid) >= most:
            raise StagingFull("credential")
        if session.get(tables.StagedCredential, (uuid, digest)) is None:
            session.add(tables.StagedCredential(uuid=uuid, digest=digest, sealed=sealed))


def staged_credentials(session: Session, uuid: str) -> list[bytes]:
    """Return the sealed credentials, in the order of their hashes."""
    table = tables.StagedCredential
    return list(session.scalars(select(table.sealed).where(table.uuid == uuid).order_by(table.digest)))
