"""Issuing: every issuer of the round signs what a station sends under a desk's permission; then the list is frozen.

Here live these two acts. Never here: the credential before the freeze (it comes blinded), or a name after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import delete

from ballot import audit
from ballot.acts import Actor, find_round
from ballot.casting import round_of, staged_credentials
from ballot.checkin import digest
from ballot.house import ISSUERS, House
from ballot.ledger import SqlLedger
from ballot.models import box as box_tables
from ballot.models.registry import Authorisation, Voter
from ballot.storage import reading, writing
from keys.signers import ANSWERS, Issuer
from tally.i18n import marked as _
from tally.protocol.credential_list import CredentialList, ListedCredential
from tally.protocol.encoding import decode
from tally.protocol.errors import Refused, WrongCount
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase, WrongPhase


class NotAuthorised(Refused):
    """No desk gave this permission, or it was used for another request."""

    code = "NOT_AUTHORISED"
    text = _("Mã của bàn tiếp đón không đúng hoặc đã dùng cho yêu cầu khác.")


def sign(house: House, uuid: str, *, code: str, blinded: Sequence[bytes]) -> list[bytes]:
    """Return every issuer's blind signature; the same request gets the same answer, any other is refused.

    Raises NotAuthorised, WrongPhase, WrongCount, and what the issuers refuse. Source: threats A1–A5.
    """
    if len(blinded) != len(ISSUERS):
        raise WrongCount("blinded", found=len(blinded), expected=len(ISSUERS))
    request = hashlib.sha256(b"".join(blinded)).digest()
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        if row.phase != Phase.ISSUING.value or row.frozen:
            raise WrongPhase("round", phase=row.phase)
        permission = session.get(Authorisation, digest(code))
        if permission is None or permission.round_id != row.id or permission.request not in (None, request):
            raise NotAuthorised("authorisation")
        permission.request = request  # bound before anybody signs: a repeat is the same request or nothing
        voter = session.get(Voter, permission.voter_id)
        reference = voter.reference if voter else ""
    issuers = open_issuers(house, uuid)
    return [issuer.issue(reference, message) for issuer, message in zip(issuers, blinded, strict=True)]


def open_issuers(house: House, uuid: str) -> list[Issuer]:
    """Return the round's issuers with their ledgers."""
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        manifest = Manifest.parse(row.manifest or b"")
        voters = [v.reference for v in session.query(Voter).filter(Voter.round_id == row.id)]
    return [
        Issuer(
            house.keyring.issuer(uuid, name),
            voters=voters,
            ledger=SqlLedger(house.registry, round_id=row.id, issuer=name, manifest=manifest.hash),
        )
        for name in ISSUERS
    ]


def freeze(house: House, uuid: str, actor: Actor) -> int:
    """End issuing: destroy the issuers' keys, open and check what stations staged, make the final list.

    Returns how many credentials are listed. Raises WrongPhase, and WrongCount when a station has not delivered.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        if row.phase != Phase.ISSUING.value or row.frozen:
            raise WrongPhase("round", phase=row.phase)
        manifest = Manifest.parse(row.manifest or b"")
    issuers = open_issuers(house, uuid)
    listed = _open_staged(house, uuid, manifest)
    for name in ISSUERS:
        ledger = SqlLedger(house.registry, round_id=row.id, issuer=name, manifest=manifest.hash)
        signed = sum(ledger.count(kind) for kind in ANSWERS)
        if signed != len(listed.credentials):
            raise WrongCount(f"credentials, {name}", found=len(listed.credentials), expected=signed)
    for issuer in issuers:
        issuer.freeze()
    house.keyring.destroy_issuers(uuid)
    with writing(house.box) as session:
        round_of(session, uuid).credentials = listed.encode()
        session.execute(delete(box_tables.StagedCredential).where(box_tables.StagedCredential.uuid == uuid))
    with writing(house.registry) as session:
        find_round(session, uuid).frozen = True
        audit.record(session, actor=actor.login, act="freeze-list", subject=f"{uuid} {len(listed.credentials)}")
    return len(listed.credentials)


def _open_staged(house: House, uuid: str, manifest: Manifest) -> CredentialList:
    """Return the list of all staged credentials, each with every issuer's valid signature, sorted."""
    key = house.keyring.freeze(uuid)
    with reading(house.box) as session:
        blobs = staged_credentials(session, uuid)
    found = {}
    for blob in blobs:
        value = decode(key.open(blob), "credential", limit=16_384)
        credential = ListedCredential.parse(value, "credential")
        credential.check_signatures(manifest, "credential")
        found[credential.credential] = credential
    return CredentialList.make(manifest, list(found.values()))
